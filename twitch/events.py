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
class RaidReceived:
    """Another channel has sent its viewers over."""

    raid_id: str
    raider_id: str
    raider_login: str
    raider_name: str
    viewers: int
    raided_at: datetime
