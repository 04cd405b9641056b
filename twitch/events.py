"""The facts that Twitch's part announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class StreamStarted:
    """A stream session has begun; `stream_id` is Twitch's, `session_id` ours."""

    session_id: str
    stream_id: str
    started_at: datetime


@dataclass(frozen=True)
class StreamEnded:
    """A stream session is over: for longer than the grace time the channel has not been live."""

    session_id: str
    stream_id: str
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class RedemptionSettled:
    """Somebody else settled a redemption that we had begun: FULFILLED or CANCELED."""

    redemption_id: str
    status: str
    at: datetime


@dataclass(frozen=True)
class Subscribed:
    """A viewer has subscribed, or told in chat of a further month; `tier` is 1 to 3.

    `is_gift`: somebody else pays for it.
    """

    message_id: str
    viewer_id: str
    tier: int
    is_gift: bool
    at: datetime


@dataclass(frozen=True)
class SubscriptionsGifted:
    """Somebody gave subscriptions to others; who gives unnamed has an empty `viewer_id`."""

    message_id: str
    viewer_id: str
    tier: int
    count: int
    at: datetime


@dataclass(frozen=True)
class Cheered:
    """Somebody cheered bits; who cheers unnamed has an empty `viewer_id`."""

    message_id: str
    viewer_id: str
    bits: int
    at: datetime


@dataclass(frozen=True)
class RaidReceived:
    """Another channel has sent its viewers over."""

    raid_id: str
    raider_id: str
    raider_login: str
    raider_name: str
    viewers: int
    raided_at: datetime
