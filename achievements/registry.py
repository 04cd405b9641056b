"""Which facts achievements are made of: where each says what caused it, whose it is, and when."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_type_hints

from achievements.rules import Kind
from raffle.events import RollMade
from sagas.registry import encoded, kind
from songqueue.events import SongPlayed, SongRefunded, SongRequested
from twitch.events import StreamEnded, StreamStarted

_KINDS: tuple[Kind, ...] = (bool, int, str, tuple[str, ...])


@dataclass(frozen=True)
class Source:
    """A kind of fact: the names of its fields that say what caused it, whose it is, and when.

    A fact that `withdraws` another kind takes back the one with the same key.
    """

    fact: type[Any]
    label: str
    key: str
    at: str
    viewer: str = ""
    withdraws: type[Any] | None = None

    @property
    def kind(self) -> str:
        return kind(self.fact)

    @property
    def fields(self) -> dict[str, Kind]:
        """The fields that a condition may ask about."""
        hints = get_type_hints(self.fact)
        return {name: hint for name, hint in hints.items() if hint in _KINDS}


_SOURCES = (
    Source(SongRequested, "A song was requested", "song_id", "requested_at", "viewer_id"),
    Source(SongPlayed, "A requested song was heard", "song_id", "at", "viewer_id"),
    Source(RollMade, "A roll was made", "roll_id", "rolled_at", "viewer_id"),
    Source(SongRefunded, "A song was refunded", "song_id", "at", "viewer_id", SongRequested),
    Source(StreamStarted, "A stream began", "session_id", "started_at"),
    Source(StreamEnded, "A stream ended", "session_id", "ended_at"),
)
SOURCES = {source.kind: source for source in _SOURCES}
COUNTED = {source.kind: source for source in _SOURCES if source.viewer and source.withdraws is None}
STARTED, ENDED = kind(StreamStarted), kind(StreamEnded)


def withdrawing(fact_kind: str) -> list[str]:
    """Return the kinds of facts that take back one of this kind."""
    return [s.kind for s in _SOURCES if s.withdraws is not None and kind(s.withdraws) == fact_kind]


@dataclass(frozen=True)
class Told:
    """What a fact says, whatever its kind."""

    source: Source
    key: str
    viewer_id: str | None
    at: datetime
    fields: dict[str, Any]


def told(fact: Any) -> Told:
    """Read a fact of a known kind; raises KeyError for another one."""
    source = SOURCES[kind(type(fact))]
    return Told(
        source=source,
        key=getattr(fact, source.key),
        viewer_id=getattr(fact, source.viewer) if source.viewer else None,
        at=getattr(fact, source.at),
        fields=json.loads(encoded(fact)),
    )
