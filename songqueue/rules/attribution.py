"""Whose song is it: what a reading of the player says about the requests that it was given.

The player names tracks, not requests. What is known is the order of things: what it showed before,
when each request was handed over, and that what was handed over first comes first. So the last
snapshot is laid beside the reading, as two lists that have as much in common as they can; what fits
keeps its owner, and what is new belongs to the requests that wait, first come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from songqueue.rules.alignment import SAME, align
from songqueue.rules.snapshots import (
    NOTHING,
    SLACK,
    WINDOW,
    Current,
    Ending,
    Key,
    Outcome,
    Reading,
    Seen,
    Shown,
    Slot,
    Waiting,
    goes_on,
    outcome,
)

# What is not shown any more is lost after this time, if another reading says so too.
GRACE = timedelta(seconds=60)
# What happened in a longer time without a reading is nobody's guess.
MEMORY = timedelta(minutes=30)


@dataclass(frozen=True)
class Verdict:
    """The new snapshot, and what is over since the last one.

    `ended` is what was on; `passed` are requests that came and went between two readings; `missing`
    should be there and are not, `lost` are those of them that were missed for long enough.
    """

    current: Current | None
    upcoming: tuple[Slot, ...]
    is_new: bool = False
    ended: Ending | None = None
    passed: tuple[Ending, ...] = ()
    seen: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    lost: tuple[str, ...] = ()


def attribute(before: Seen | None, reading: Reading, waiting: Sequence[Waiting]) -> Verdict:
    """Tell what everything in the reading is; `waiting` is in the order of handing over.

    Without anything on, or without a device, nothing is decided: that is no ending. Without the
    queue, what was known of it is taken to be so still.
    """
    if reading.current is None:
        return Verdict(before.current, before.upcoming) if before else Verdict(None, ())
    before = before or Seen(reading.at, None, False, None)
    if reading.upcoming is not None:
        upcoming = reading.upcoming
    elif before.current and before.current.key == reading.current.key:
        return Verdict(_heard_on(before, before.current, reading), before.upcoming)
    else:
        upcoming = _assumed(before, reading.current)
    return _Attribution(before, reading, (reading.current, *upcoming), waiting).judge()


def _assumed(before: Seen, now_on: Shown) -> tuple[Shown, ...]:
    """Return what comes next if nobody touched the queue since it was last read."""
    keys = [slot.key for slot in before.upcoming]
    return before.upcoming[keys.index(now_on.key) + 1 :] if now_on.key in keys else before.upcoming


def _heard_on(before: Seen, current: Current, reading: Reading) -> Current:
    forward = reading.progress - current.progress
    if forward < NOTHING:  # Somebody sought back.
        forward = reading.progress if before.is_playing else NOTHING
    heard = current.heard + min(forward, reading.at - before.at + SLACK)
    return replace(current, progress=reading.progress, heard=heard)


class _Attribution:
    """One reading, with the queue, laid beside the snapshot before."""

    def __init__(
        self,
        before: Seen,
        reading: Reading,
        shown: tuple[Shown, ...],
        waiting: Sequence[Waiting],
    ) -> None:
        self.before = before
        self.reading = reading
        self.shown = shown
        self.now_on = shown[0]
        self.waiting = {request.id: request for request in waiting}
        self.rank = {request.id: number for number, request in enumerate(waiting)}
        self.pairs, self.goes_on = self._lay_beside()
        self.began_at = self._began_at()
        # Whose each of the shown items is.
        self.owners: dict[int, str] = {}

    def judge(self) -> Verdict:
        self._find_what_began()
        self._keep()
        for key in {request.key for request in self.waiting.values()}:
            self._claim_new(key)
            self._claim_early(key)
        self._put_in_order()
        ended = None if self.goes_on else self._end_of_current()
        passed = self._taken_out() if self.goes_on else self._passed(ended)
        gone = {ending.slot.request for ending in (*passed, *([ended] if ended else []))}
        missing = [request for request in self._unowned() if request.id not in gone]
        return Verdict(
            current=self._current(),
            upcoming=tuple(
                Slot(item.key, item.duration, self.owners.get(index))
                for index, item in enumerate(self.shown[1:], 1)
            ),
            is_new=not self.goes_on,
            ended=ended,
            passed=tuple(passed),
            seen=frozenset(self.owners.values()),
            missing=frozenset(request.id for request in missing if not self._is_beyond(request)),
            lost=tuple(request.id for request in missing if self._is_lost(request)),
        )

    # --- The two lists -----------------------------------------------------------------------

    def _lay_beside(self) -> tuple[dict[int, int], bool]:
        """Return which item of the old queue is which of the shown, and if the same one is on."""
        queue = self.before.upcoming
        moved = align(queue, self.shown, has_moved=True)
        if self.before.current is None or self.before.current.key != self.now_on.key:
            return moved.pairs, False
        stayed = align(queue, self.shown[1:], has_moved=False)
        behind = {old: new + 1 for old, new in stayed.pairs.items()}
        if goes_on(self.before, self.reading):
            return behind, True
        if moved.score > stayed.score + SAME or self._has_begun_again(self.before.current):
            return moved.pairs, False
        return behind, True

    def _has_begun_again(self, current: Current) -> bool:
        """Tell whether the track ended and is on again, as one of its requests."""
        over = self.reading.at - self.before.at - self.reading.progress
        fell_back = self.reading.progress < current.progress and over >= current.left - SLACK
        ended_in_time = self.before.is_playing and abs(over - current.left) <= SLACK
        if not (fell_back or ended_in_time):
            return False
        new = [request for request in self._never_placed() if request.id != current.request]
        expected = [slot.key for slot in self.before.upcoming] + [request.key for request in new]
        shown = [item.key for item in self.shown[1:]]
        return shown.count(current.key) < expected.count(current.key)

    def _began_at(self) -> datetime:
        if self.goes_on and self.before.current:
            return self.before.current.started_at
        began_at = self.reading.at - self.reading.progress
        return max(began_at, self.before.at) if self.before.current else began_at

    # --- Whose they are ----------------------------------------------------------------------

    def _find_what_began(self) -> None:
        """Take what is on for the next of the old queue, unless a new request can have begun."""
        next_old = min(self.pairs, default=None)
        if self.goes_on or next_old is None or 0 in self.pairs.values():
            return
        if self.before.upcoming[next_old].key != self.now_on.key:
            return
        if not any(self._may_have_begun(request) for request in self._never_placed()):
            self.pairs[next_old] = 0

    def _keep(self) -> None:
        """Leave to everyone what is theirs."""
        if self.goes_on and self.before.current and self.before.current.request:
            self.owners[0] = self.before.current.request
        for old, index in self.pairs.items():
            request = self.before.upcoming[old].request
            if request in self.waiting:
                self.owners[index] = request

    def _claim_new(self, key: Key) -> None:
        """Give what was not there before to whoever waits for it, first come first."""
        known = {*self.pairs.values(), *self.owners, 0}
        last = max(self.pairs.values(), default=0)
        new = [i for i, item in enumerate(self.shown) if item.key == key and i not in known]
        # What came into sight at the end may as well have been there all the time.
        between, behind = [i for i in new if i < last], [i for i in new if i > last]
        passed = {slot.request for slot in self.before.upcoming[: max(self.pairs, default=0)]}
        # Whose place is passed can only have been moved, and not out of sight.
        waiting = sorted(self._unowned(key), key=lambda request: request.id in passed)
        if len(waiting) > len(between) and self._may_have_begun(waiting[0]):
            self.owners[0] = waiting.pop(0).id
        for index in between:
            if waiting:
                self.owners[index] = waiting.pop(0).id
        for index, request in zip(behind, (r for r in waiting if r.id not in passed), strict=False):
            self.owners[index] = request.id

    def _may_have_begun(self, request: Waiting) -> bool:
        """Tell whether what is on can be this request: it began after that was handed over."""
        is_free = 0 not in self.owners and 0 not in self.pairs.values()
        return (
            is_free
            and self.now_on.key == request.key
            and request.lined_up_at <= self.began_at
            and request.queued_at <= self.began_at + SLACK
        )

    def _claim_early(self, key: Key) -> None:
        """Give what was shown already while the call that handed it over was under way."""
        read_at = self.before.queue_at
        for index in sorted(self.pairs.values()):
            if read_at is None or index in self.owners or self.shown[index].key != key:
                continue
            for request in self._unowned(key):
                if request.seen_at is None and request.lined_up_at <= read_at <= request.queued_at:
                    self.owners[index] = request.id
                    break

    def _put_in_order(self) -> None:
        """Of two requests of one track, let the one that was handed over first come first."""
        of_key: dict[Key, list[int]] = {}
        for index in sorted(self.owners):
            if index or not self.goes_on:
                of_key.setdefault(self.shown[index].key, []).append(index)
        for indexes in of_key.values():
            owners = sorted((self.owners[index] for index in indexes), key=self.rank.__getitem__)
            self.owners.update(zip(indexes, owners, strict=True))

    def _unowned(self, key: Key | None = None) -> list[Waiting]:
        """Return who waits and was given nothing; what was on has had its turn."""
        placed = set(self.owners.values())
        if self.before.current and self.before.current.request:
            placed.add(self.before.current.request)
        return [
            request
            for request in self.waiting.values()
            if request.id not in placed and key in (None, request.key)
        ]

    def _never_placed(self) -> Iterable[Waiting]:
        """Return who was in no snapshot."""
        placed = {slot.request for slot in self.before.upcoming}
        return (
            request
            for request in self.waiting.values()
            if request.id not in placed and request.seen_at is None
        )

    def _current(self) -> Current:
        if self.goes_on and self.before.current:
            current = _heard_on(self.before, self.before.current, self.reading)
            return replace(current, request=self.owners.get(0))
        progress = self.reading.progress
        return Current(
            self.now_on.key,
            self.now_on.duration,
            self.owners.get(0),
            started_at=self.began_at,
            progress=progress,
            heard=min(progress, self.reading.at - self.began_at + SLACK),
        )

    # --- What is over ------------------------------------------------------------------------

    def _end_of_current(self) -> Ending | None:
        current = self.before.current
        if current is None:
            return None
        share = self._share(self.before.at, current.left)
        heard = current.heard + share
        slot = Slot(current.key, current.duration, current.request)
        ended_at = self.before.at + share
        return Ending(slot, current.started_at, ended_at, heard, outcome(heard, current.duration))

    def _share(self, at: datetime, most: timedelta) -> timedelta:
        """Return how much of the time from then until the new item began this can have taken."""
        until = min(self.began_at, self.before.at + MEMORY)
        return max(min(until - at, most), NOTHING)

    def _passed(self, ended: Ending | None) -> list[Ending]:
        """Share out, in order, the time between the readings to what came and went in it."""
        at = ended.ended_at if ended else self.before.at
        unowned = {request.id for request in self._unowned()}
        endings = []
        for slot, is_sure in self._before_the_new():
            share = self._share(at, slot.duration)
            verdict = outcome(share, slot.duration)
            if not is_sure and (verdict is Outcome.SKIPPED or not self.before.is_playing):
                break  # Perhaps it was not passed: the whole queue may be gone.
            if slot.request in unowned:
                endings.append(Ending(slot, at, at + share, share, verdict))
            at += share
        for request in self._never_placed():
            at = max(at, request.queued_at)
            share = self._share(at, request.duration)
            if request.id in unowned and NOTHING < request.duration <= share + SLACK:
                slot = Slot(request.key, request.duration, request.id)
                endings.append(Ending(slot, at, at + share, share, Outcome.PLAYED))
                at += share
        return endings + self._taken_out({ending.slot.request for ending in endings})

    def _before_the_new(self) -> Iterable[tuple[Slot, bool]]:
        """Return the old items that came before what is on now, and if that is sure."""
        queue = self.before.upcoming
        if self.pairs:
            return ((slot, True) for slot in queue[: min(self.pairs)])
        return ((slot, False) for slot in queue)

    def _taken_out(self, gone: set[str | None] | None = None) -> list[Ending]:
        """Return requests that are gone, though others that stood behind them are there still."""
        unowned = {request.id for request in self._unowned()} - (gone or set())
        at = self.reading.at
        return [
            Ending(slot, at, at, NOTHING, Outcome.SKIPPED)
            for slot in self.before.upcoming[: max(self.pairs, default=0)]
            if slot.request in unowned
        ]

    def _is_beyond(self, request: Waiting) -> bool:
        """Tell whether the request may stand further back than the player shows."""
        is_full = len(self.shown) > WINDOW
        is_passed = any(
            self.rank.get(owner, -1) > self.rank[request.id] for owner in self.owners.values()
        )
        was_shown = request.seen_at is not None or request.starts >= WINDOW
        return is_full and not is_passed and not was_shown

    def _is_lost(self, request: Waiting) -> bool:
        since = request.seen_at or request.queued_at
        was_missed = self.before.queue_at is not None and since < self.before.queue_at
        is_due = self.reading.at - since >= GRACE
        return was_missed and is_due and not self._is_beyond(request)
