"""Asking Twitch who is live: one poller at a time, spread over the minute, within the budget.

A round asks once for everything that is watched. It is done in slices, each at a beat of the clock:
what a slice was told is written in one transaction with how far the round is, so a poller that dies
loses one slice, and the next goes on from there. Slices that were missed are caught up with.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction

from sagas.flow import Wait
from sagas.leases import is_gone, me, place
from twitch.client import lookups
from twitch.client.errors import HelixError, Unreachable
from twitch.client.payloads import StreamPayload
from watcher.models import Poll, WatchedStream
from watcher.services import errands, sightings
from watcher.services.errands import Errand
from watcher.services.sightings import NOTHING, Tally

log = structlog.get_logger(__name__)

TASK = "watcher.poll"

# A slice asks no longer than this, so its lease has not ended when the last answer comes late.
LONGEST_SLICE = 10.0
LEASE = timedelta(minutes=1)
MOST_CALLS = 100
LONGEST_REST = timedelta(hours=1)
# The clock's beats are not exact.
EARLY = timedelta(seconds=2)
# Of the interval, so much is for calls; the rest is for what was late.
SPREAD = 0.8


class LeaseLost(Exception):
    """Another poller has taken over meanwhile; nothing was written."""


@dataclass(frozen=True)
class Round:
    """What was done of a round: calls made, what they brought, what went wrong, if it is over.

    With `is_spent` the watcher's share of the calls that Twitch allows is used up for now.
    """

    calls: int = 0
    tally: Tally = NOTHING
    trouble: str = ""
    is_spent: bool = False
    is_over: bool = True

    def __add__(self, later: Round) -> Round:
        calls, tally = self.calls + later.calls, self.tally + later.tally
        return replace(later, calls=calls, tally=tally)


def poll(now: datetime) -> Round | None:
    """Ask for what is due by now; returns None when another poller is at it, or a rest is on."""
    with _lease(now) as poll:
        if poll is None:
            return None
        if poll.stage == Poll.Stage.DONE and _is_due(poll, now):
            _begin(poll, now)
        return _ask_and_write(poll, _due(poll, now), now)


def poll_once(now: datetime) -> Round | None:
    """Ask for everything, as a round of its own and at once; returns None as `poll`.

    Stops short where Twitch does not answer, or the budget is spent: the round is not over then.
    """
    whole: Round | None = None
    while whole is None or not (whole.is_over or whole.trouble or whole.is_spent):
        with _lease(now) as poll:
            if poll is None:
                return whole
            if whole is None:
                _begin(poll, now)
            part = _ask_and_write(poll, math.inf, now)
        whole = whole + part if whole else part
    return whole


def look_soon() -> None:
    """Have a new watch asked for as soon as the caller's transaction is committed.

    Without a broker it is asked for at the clock's next beat.
    """
    transaction.on_commit(_send)


def _send() -> None:
    try:
        current_app.send_task(TASK, ignore_result=True, retry=False)
    except Exception as error:
        log.warning("watcher.poke_failed", error=type(error).__name__)


# --- One poller at a time --------------------------------------------------------------------


@contextmanager
def _lease(now: datetime) -> Iterator[Poll | None]:
    """Be the poller, unless there is one, or Twitch asked for a rest; `_write` gives it back."""
    poll, _ = Poll.objects.get_or_create(pk=1)
    is_free = not (_is_held(poll, now) or _is_resting(poll, now))
    as_read = Poll.objects.filter(pk=1, owner=poll.owner, lease_until=poll.lease_until)
    poll.owner, poll.lease_until = me(), now + LEASE
    if not is_free or not as_read.update(owner=poll.owner, lease_until=poll.lease_until):
        yield None
        return
    try:
        yield poll
    except BaseException:
        mine = Poll.objects.filter(pk=1, owner=poll.owner, lease_until=poll.lease_until)
        mine.update(owner="", lease_until=None)
        raise


def _is_held(poll: Poll, now: datetime) -> bool:
    """Tell whether a poller that may be alive is at it; a lease from the future is none."""
    if poll.lease_until is None or not now < poll.lease_until <= now + LEASE:
        return False
    return not (poll.owner.startswith(place()) and is_gone(poll.owner))


def _is_resting(poll: Poll, now: datetime) -> bool:
    return poll.rests_until is not None and now < poll.rests_until <= now + LONGEST_REST


# --- A round ---------------------------------------------------------------------------------


def _is_due(poll: Poll, now: datetime) -> bool:
    if poll.began_at is None:
        return True
    return not timedelta() <= now - poll.began_at < settings.WATCHER_INTERVAL - EARLY


def _begin(poll: Poll, now: datetime) -> None:
    poll.began_at, poll.stage, poll.after = now, Poll.Stage.GAMES, ""
    poll.watched, poll.errands = errands.count()
    poll.errands_done = poll.calls = 0
    poll.trouble = ""


def _due(poll: Poll, now: datetime) -> float:
    """Return how many errands are to be done by now."""
    if poll.began_at is None or poll.stage == Poll.Stage.DONE:
        return 0
    passed = (now - poll.began_at) / (settings.WATCHER_INTERVAL * SPREAD)
    if not 0 <= passed < 1:
        return math.inf
    return math.floor(poll.errands * passed) + 1 - poll.errands_done


def _ask_and_write(poll: Poll, due: float, now: datetime) -> Round:
    asking = _Asking(now)
    if poll.greeted_at is not None:
        for errand in errands.of_new(poll.greeted_at):
            if asking.has_to_stop:
                break
            asking.do(errand)
    if due > 0 and not asking.has_to_stop and poll.began_at is not None:
        _go_on(poll, asking, due)
    return _write(poll, asking)


def _go_on(poll: Poll, asking: _Asking, due: float) -> None:
    """Ask for what comes next in the round, and note how far it is."""
    began_at = poll.began_at or asking.at
    for errand in errands.left(poll.stage, poll.after, began_at):
        # Who strays is known only when what was seen is written.
        if errand.stage == Poll.Stage.STRAYS and asking.rows:
            return
        asking.do(errand)
        if asking.rests_until is not None:
            return
        # What Twitch did not answer otherwise is not asked again before the next round.
        poll.stage, poll.after = errand.stage, errand.after
        poll.errands_done += 1
        due -= 1
        if due <= 0 or asking.has_to_stop:
            return
    poll.stage = Poll.Stage.DONE
    poll.ended_at = asking.at


@dataclass
class _Asking:
    """A slice's calls, and what they were told."""

    at: datetime
    calls: int = 0
    rows: list[StreamPayload] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    trouble: str = ""
    is_spent: bool = False
    rests_until: datetime | None = None
    _since: float = field(default_factory=monotonic)

    @property
    def has_to_stop(self) -> bool:
        is_long = self.calls >= MOST_CALLS or monotonic() - self._since > LONGEST_SLICE
        return is_long or self.is_spent or bool(self.trouble)

    def do(self, errand: Errand) -> None:
        """Ask for what the errand is about."""
        try:
            if errand.game_id:
                self._turn_pages(errand)
            else:
                self._take(lookups.streams_by_ids(errand.people))
                self.asked.update(errand.people)
        except (Wait, HelixError, Unreachable) as error:
            self.trouble = str(error)[:200] or type(error).__name__
            self.rests_until = error.until if isinstance(error, Wait) else None

    def _turn_pages(self, errand: Errand) -> None:
        cursor = ""
        for _page in range(settings.WATCHER_GAME_PAGES):
            page = lookups.streams_by_game(errand.game_id, cursor)
            self._take(page)
            cursor = page.cursor
            if not cursor or not page.rows or page.rows[-1].viewer_count < errand.least:
                return

    def _take(self, page: lookups.Streams) -> None:
        self.calls += 1
        self.rows += page.rows
        if page.budget is not None:
            kept = page.budget.limit * (100 - settings.WATCHER_SHARE) / 100
            self.is_spent = page.budget.remaining < kept


def _write(poll: Poll, asking: _Asking) -> Round:
    """Write what was told and how far the round is, and let the next poller come."""
    with transaction.atomic():
        now_held = Poll.objects.select_for_update().get(pk=1)
        if (now_held.owner, now_held.lease_until) != (poll.owner, poll.lease_until):
            raise LeaseLost
        tally = sightings.take(asking.rows, asking.asked, asking.at)
        sightings.greet(asking.at)
        poll.owner, poll.lease_until = "", None
        poll.greeted_at, poll.rests_until = asking.at, asking.rests_until
        poll.calls += asking.calls
        poll.trouble = asking.trouble or poll.trouble
        poll.live = WatchedStream.objects.live().count()
        poll.save()
    is_over = poll.stage == Poll.Stage.DONE
    return Round(asking.calls, tally, asking.trouble, asking.is_spent, is_over)
