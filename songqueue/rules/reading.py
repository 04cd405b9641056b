"""When the player is read next: as seldom as can be, as every call counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from songqueue.rules.attribution import GRACE
from songqueue.rules.snapshots import NOTHING, Reading, Seen, is_same

# The player needs a moment to go on to the next item, and to say so.
AFTER_THE_END = timedelta(seconds=2)
# So that a pause or a skip by hand is seen within a song.
WITHIN_A_SONG = timedelta(minutes=2)
# Within this time the end of the song is waited for instead.
NOT_WORTH_IT = timedelta(seconds=40)
SOONEST = timedelta(seconds=5)
CONFIRM = timedelta(seconds=20)
QUEUE_IS_OLD = timedelta(minutes=3)
# Since when nothing plays, and how long then until the next look.
IDLE = (
    (timedelta(minutes=1), timedelta(minutes=1)),
    (timedelta(minutes=3), timedelta(minutes=2)),
    (timedelta(minutes=8), timedelta(minutes=5)),
)
# The same while a device is all that song requests wait for: the reward is to be back ten seconds
# after it, at about seventy calls for the first hour without one.
ASLEEP = (
    (timedelta(minutes=5), timedelta(seconds=7)),
    (timedelta(minutes=30), timedelta(minutes=1)),
)
IDLE_LONG = timedelta(minutes=10)
# When nothing may be asked, whether it may be by then.
LATER = timedelta(minutes=1)


@dataclass(frozen=True)
class Situation:
    """What decides: `left` of the current item while it plays, else None, and `idle_since` set.

    `overdue` is for how long it should have been over. `missing_since` is since when the player
    should have shown a request, and did not. `is_asleep` says that a device is all that song
    requests wait for, and that calls can be spared to see it.
    """

    is_wanted: bool
    left: timedelta | None
    idle_since: datetime | None
    overdue: timedelta = NOTHING
    missing_since: datetime | None = None
    is_thrifty: bool = False
    is_asleep: bool = False


def next_read(situation: Situation, now: datetime) -> datetime | None:
    """Return when to read again; None when it takes something to happen first."""
    if not situation.is_wanted:
        return None
    due = now + _regular(situation, now)
    if situation.missing_since is not None:
        confirmed = max(now + CONFIRM, situation.missing_since + GRACE + AFTER_THE_END)
        due = min(due, confirmed)
    return due


def _regular(situation: Situation, now: datetime) -> timedelta:
    if situation.left is None:
        idle = now - (situation.idle_since or now)
        return idle_pause(idle, is_asleep=situation.is_asleep)
    if situation.left <= NOTHING:
        # It is stuck, or does not say how long it is: that can go on for hours.
        return min(max(SOONEST, 2 * situation.overdue), WITHIN_A_SONG)
    to_the_end = max(situation.left + AFTER_THE_END, SOONEST)
    if situation.is_thrifty or to_the_end <= WITHIN_A_SONG + NOT_WORTH_IT:
        return to_the_end
    return WITHIN_A_SONG


def idle_pause(idle: timedelta, *, is_asleep: bool = False) -> timedelta:
    """Return how long to wait when there has been nothing to see, or no answer, for that long."""
    pauses = ASLEEP if is_asleep else IDLE
    return next((pause for limit, pause in pauses if idle < limit), IDLE_LONG)


def needs_queue(before: Seen | None, reading: Reading, *, is_awaited: bool) -> bool:
    """Tell whether the queue has to be asked for: it may have changed, or a request is awaited."""
    if reading.current is None:
        return False
    if before is None or before.queue_at is None or not is_same(before, reading):
        return True
    return is_awaited or (reading.at - before.queue_at >= QUEUE_IS_OLD and reading.is_playing)
