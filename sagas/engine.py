"""The engine: takes due runs and leads each, forward or back, until it waits or is over."""

from __future__ import annotations

from collections.abc import Callable
from ctypes import c_bool
from multiprocessing.sharedctypes import RawValue
from time import monotonic

import structlog

from sagas import journal, subjects
from sagas.back import go_back
from sagas.flow import Call, find, told
from sagas.forward import take
from sagas.journal import LEASE_MARGIN, Lease, LeaseLost, stick

log = structlog.get_logger(__name__)

# One claim takes as many runs as were led in a moment last time, so that quick runs share a round
# trip and slow ones are left for other workers.
MOST_AT_ONCE = 16
QUICK = 0.01
# After so many workers lost at one step, in a row, the step is what kills them.
MOST_LOSSES = 3

_at_once = 1
_has_leftovers = False
# Seen by the processes of a worker, too: they are forks of the one that is asked to stop.
_is_stopping = RawValue(c_bool, False)


def stop() -> None:
    """Have this process, and its forks, take no more runs."""
    _is_stopping.value = True


def work(for_seconds: float, wake_another: Callable[[], None], lane: str = "") -> bool:
    """Lead the lane's due runs until none is left, or the time is over, or `stop` was called.

    Returns whether some may be left. `wake_another` is called when more is due than this process
    takes at once. A database that goes away is waited for; raises its error when it stays away.
    """
    global _has_leftovers
    ends_at = monotonic() + for_seconds
    while monotonic() < ends_at and not _is_stopping.value:
        try:
            if _has_leftovers:
                journal.release_own()
                _has_leftovers = False
            if not _turn(wake_another, lane):
                return False
        except Exception as error:
            _has_leftovers = True
            if not journal.is_database_gone(error) or not journal.await_database():
                raise
            log.warning("saga.database_was_gone")
    return True


def _turn(wake_another: Callable[[], None], lane: str) -> bool:
    """Claim runs and lead them; returns whether there were any."""
    global _at_once
    runs, are_more = journal.claim(_at_once, lane)
    if are_more:
        wake_another()
    for index, run in enumerate(runs):
        began = monotonic()
        lead(run)
        if monotonic() - began > QUICK:
            _at_once = 1
            if rest := runs[index + 1 :]:
                journal.release(rest)
                wake_another()
            return True
    _at_once = min(MOST_AT_ONCE, 2 * _at_once)
    return bool(runs)


def lead(run: Lease) -> None:
    """Advance one claimed run as far as it goes now; raises only when the database is gone."""
    global _has_leftovers
    context = {**run.context, "run_id": run.id, "saga": run.saga}
    with structlog.contextvars.bound_contextvars(**context):
        try:
            _lead(run)
        except LeaseLost:
            _has_leftovers = True
            log.warning("saga.lease_lost")
        except Exception as error:
            if journal.is_database_gone(error):
                raise
            log.exception("saga.not_led")
            if run.losses + 1 < MOST_LOSSES:
                journal.lose(run)
            else:
                stick(run, "not_led", told(error))


def _lead(run: Lease) -> None:
    try:
        saga = find(run.saga)
    except KeyError:
        return stick(run, "no_such_saga", f"The code no longer has the saga {run.saga}.")
    subject = subjects.read(saga, run.subject_id)
    is_deadly = run.losses >= MOST_LOSSES
    if subject is not None and run.status == "compensating":
        return go_back(run, saga, subject, is_deadly)
    while run.position < len(run.plan):
        name = run.plan[run.position]
        if subject is None and saga.may_vanish:
            return journal.record(run, None, status="closed", code="no_subject")
        if subject is None:
            return stick(run, "no_subject", f"The {saga.model.__name__} {run.subject_id} is gone.")
        try:
            step = saga.step(name)
        except KeyError:
            return stick(run, "no_such_step", f"The code no longer has the step {name}.")
        if is_deadly:
            return stick(run, "workers_lost", f"{name}: the last {run.losses} workers were lost.")
        journal.hold(run, step.timeout + LEASE_MARGIN)
        if not take(run, saga, step, subject):
            return None
        if isinstance(step, Call) or step.best_effort:
            # Others may have changed the row during a call, and a failed try may have soiled ours.
            subject = subjects.read(saga, run.subject_id)
    return journal.record(run, None, status="completed")
