"""The facts that the watcher announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class StreamStarted:
    """A stream that somebody watches is on; told once for each stream, by Twitch's stream id."""

    stream_id: str
    streamer_id: str
    started_at: datetime


@dataclass(frozen=True)
class StreamChanged:
    """Title or game of a watched stream are others now; `version` counts these changes."""

    stream_id: str
    version: int
    at: datetime


@dataclass(frozen=True)
class StreamEnded:
    """A watched stream is over for good; told once for each stream."""

    stream_id: str
    ended_at: datetime


@dataclass(frozen=True)
class DeliveryFailed:
    """A post was not made, and will not be: `why` is a code of the delivery."""

    delivery_id: str
    target_id: str
    why: str
    at: datetime
