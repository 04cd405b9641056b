"""A player that is simulated second by second, and that knows whose every item is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from songqueue.rules.attribution import GRACE, Verdict, attribute
from songqueue.rules.snapshots import WINDOW, Reading, Seen, Shown, Waiting

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def item(name: str, length: float = 200) -> Shown:
    """A track; the name of anything else begins with its kind: "episode:…"."""
    kind, _, title = name.rpartition(":")
    return Shown((kind or "track", title), seconds(length))


@dataclass
class Item:
    """What really is in the player: `owner` is the request that it was queued for."""

    shown: Shown
    owner: str | None = None
    heard: float = 0
    began_at: float = 0


@dataclass
class Player:
    """Plays what was queued, then its playlist for ever."""

    playlist: list[Shown]
    now: float = 0
    is_playing: bool = True
    has_device: bool = True
    progress: float = 0
    queued: list[Item] = field(default_factory=list)
    ended: list[Item] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._turn = 0
        self.current = self._next()

    @property
    def at(self) -> datetime:
        return NOON + seconds(self.now)

    def coming(self) -> list[Item]:
        rest = [
            Item(self.playlist[(self._turn + number) % len(self.playlist)])
            for number in range(WINDOW if self.playlist else 0)
        ]
        return (self.queued + rest)[:WINDOW]

    def wait(self, time: float) -> None:
        while time > 0 and self.is_playing and self.has_device:
            left = self.current.shown.duration.total_seconds() - self.progress
            step = min(left, time)
            self.progress += step
            self.current.heard += step
            self.now += step
            time -= step
            if step == left:
                self.next()
        self.now += time

    def next(self) -> None:
        self.ended.append(self.current)
        self.current = self._next()

    def _next(self) -> Item:
        self.progress = 0
        if self.queued:
            item = self.queued.pop(0)
        else:
            item = Item(self.playlist[self._turn % len(self.playlist)])
            self._turn += 1
        item.began_at = self.now
        return item

    def reading(self) -> Reading:
        if not self.has_device:
            return Reading(self.at, False, None)
        upcoming = tuple(item.shown for item in self.coming())
        progress = seconds(self.progress)
        return Reading(self.at, self.is_playing, self.current.shown, progress, upcoming)


@dataclass
class Ledger:
    """What the rules made of the readings, kept as the services keep it."""

    seen: Seen | None = None
    waiting: dict[str, Waiting] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    starts: list[datetime] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def request(self, shown: Shown, at: datetime, lag: float = 0.5) -> str:
        number = f"r{next(self.numbers)}"
        self.waiting[number] = Waiting(number, shown.key, shown.duration, at - seconds(lag), at)
        return number

    def read(self, reading: Reading) -> Verdict:
        before = self.seen
        waiting = [
            Waiting(
                **{
                    **vars(row),
                    "starts": sum(start > row.queued_at for start in self.starts),
                }
            )
            for row in self.waiting.values()
        ]
        verdict = attribute(before, reading, waiting)
        for ending in (*verdict.passed, *([verdict.ended] if verdict.ended else [])):
            if ending.slot.request:
                self._end(ending.slot.request, ending.outcome)
        for lost in verdict.lost:
            self._end(lost, "lost")
        for request in verdict.seen:
            self.waiting[request] = Waiting(
                **{**vars(self.waiting[request]), "seen_at": reading.at}
            )
        if verdict.is_new and verdict.current:
            self.starts.append(verdict.current.started_at)
        queue_at = reading.at if reading.upcoming is not None else before and before.queue_at
        is_playing = reading.is_playing and reading.current is not None
        self.seen = Seen(reading.at, queue_at, is_playing, verdict.current, verdict.upcoming)
        return verdict

    def _end(self, request: str, how: str) -> None:
        assert request not in self.ends, f"{request} ended twice"
        self.ends[request] = str(how)
        del self.waiting[request]

    @property
    def playing(self) -> str | None:
        return self.seen.current.request if self.seen and self.seen.current else None

    @property
    def lane(self) -> list[str | None]:
        return [slot.request for slot in self.seen.upcoming] if self.seen else []


GRACE_SECONDS = GRACE.total_seconds()
