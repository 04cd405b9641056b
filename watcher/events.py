"""The facts that the watcher announces, about streams and about posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class StreamStarted:
    """A stream that some watch is about was seen live for the first time.

    Once for each of Twitch's stream ids, however it flickers. It may have been live for long: for
    which watch it is news, `rules.news.is_news` says.
    """

    stream_id: str


@dataclass(frozen=True)
class StreamChanged:
    """A followed stream has another title or game; `version` counts them."""

    stream_id: str
    version: int


@dataclass(frozen=True)
class StreamEnded:
    """A followed stream is over; once for each of Twitch's stream ids."""

    stream_id: str


@dataclass(frozen=True)
class FoundLive:
    """A watch that was added, or switched on again, is about a stream that was known already."""

    watch_id: str
    stream_id: str


@dataclass(frozen=True)
class DeliveryFailed:
    """A post was not made, and will not be: `why` is the code that its delivery has."""

    delivery_id: str
    target_id: str
    why: str
    at: datetime
