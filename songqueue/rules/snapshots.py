"""What the player showed, and how much of it was heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# The player shows no more than this of its queue.
WINDOW = 20
# A song is played when so much of it was heard, or when it was heard to its end.
HEARD = timedelta(seconds=30)
# Clocks, and answers on their way, are so far apart.
SLACK = timedelta(seconds=3)

NOTHING = timedelta(0)
# The kind of an item, and its track's id or else its title.
Key = tuple[str, str]


class Outcome(StrEnum):
    PLAYED = "played"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Shown:
    """An item as the player shows it."""

    key: Key
    duration: timedelta


@dataclass(frozen=True)
class Slot(Shown):
    """An item of the queue, and whose request it is."""

    request: str | None = None


@dataclass(frozen=True, kw_only=True)
class Current(Slot):
    """What is on: `progress` is where the player stood, `heard` what was heard of it so far."""

    started_at: datetime
    progress: timedelta = NOTHING
    heard: timedelta = NOTHING

    @property
    def left(self) -> timedelta:
        return self.duration - self.progress


@dataclass(frozen=True)
class Seen:
    """The last snapshot; its queue may be older than the rest."""

    at: datetime
    queue_at: datetime | None
    is_playing: bool
    current: Current | None
    upcoming: tuple[Slot, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What the player says; `current` is None without a device, `upcoming` when not asked for."""

    at: datetime
    is_playing: bool
    current: Shown | None
    progress: timedelta = NOTHING
    upcoming: tuple[Shown, ...] | None = None


@dataclass(frozen=True)
class Waiting:
    """A request that was handed to the player.

    `lined_up_at` is before that call, `queued_at` after it; `starts` is how many items the player
    has begun since then.
    """

    id: str
    key: Key
    duration: timedelta
    lined_up_at: datetime
    queued_at: datetime
    seen_at: datetime | None = None
    starts: int = 0


@dataclass(frozen=True)
class Ending:
    """Something that is over, and how."""

    slot: Slot
    started_at: datetime
    ended_at: datetime
    heard: timedelta
    outcome: Outcome


def outcome(heard: timedelta, duration: timedelta) -> Outcome:
    """Judge what was heard of an item."""
    to_its_end = duration > NOTHING and heard >= duration - SLACK
    return Outcome.PLAYED if heard >= HEARD or to_its_end else Outcome.SKIPPED


def goes_on(before: Seen, reading: Reading) -> bool:
    """Tell whether what is on is what was on, given that both are the same track.

    It stands beyond the time since then, or just where it would.
    """
    if before.current is None:
        return False
    passed = reading.at - before.at
    stood = before.current.progress
    if reading.progress > passed + SLACK:
        return True
    if not before.is_playing and not reading.is_playing and reading.progress == stood:
        return True
    where = stood + (passed if before.is_playing else NOTHING)
    return stood > 2 * SLACK and abs(reading.progress - where) <= SLACK


def is_same(before: Seen, reading: Reading) -> bool:
    """Tell, without a look at the queue, that the same item is on and has not begun again."""
    if before.current is None or reading.current is None:
        return before.current is None and reading.current is None
    if before.current.key != reading.current.key:
        return False
    if goes_on(before, reading):
        return True
    could_end = reading.at - before.at >= before.current.left - SLACK
    return reading.progress >= before.current.progress and not could_end
