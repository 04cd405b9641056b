"""What the player showed, and how much of it was heard."""

from __future__ import annotations

from collections.abc import Sequence
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


def is_further_than_time_allows(before: Seen, reading: Reading) -> bool:
    """Tell whether what is on must have been on before: it stands beyond the time since then."""
    return reading.progress > reading.at - before.at + SLACK


def is_same(before: Seen, reading: Reading) -> bool:
    """Tell, without a look at the queue, that the same item is on and has not begun again."""
    if before.current is None or reading.current is None:
        return before.current is None and reading.current is None
    if before.current.key != reading.current.key:
        return False
    if is_further_than_time_allows(before, reading):
        return True
    left = before.current.duration - before.current.progress
    could_end = reading.at - before.at >= left - SLACK
    return reading.progress >= before.current.progress and not could_end


def common(old: Sequence[Shown], new: Sequence[Shown]) -> dict[int, int]:
    """Return which of the old items is which of the new ones: the most that keep their order.

    Where there is a choice, the later of two new items is the old one: what is queued comes before
    what the player would have played anyway.
    """
    lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, item in enumerate(old, 1):
        for j, other in enumerate(new, 1):
            lengths[i][j] = (
                lengths[i - 1][j - 1] + 1
                if item.key == other.key
                else max(lengths[i - 1][j], lengths[i][j - 1])
            )
    pairs: dict[int, int] = {}
    i, j = len(old), len(new)
    while i and j:
        if old[i - 1].key == new[j - 1].key:
            i, j = i - 1, j - 1
            pairs[i] = j
        elif lengths[i - 1][j] >= lengths[i][j - 1]:
            i -= 1
        else:
            j -= 1
    return pairs
