"""The engine: takes due runs and leads each one forward, or back, until it has to wait or is finished."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Model

from sagas import journal
from sagas.flow import (
    NO_RETURN,
    Call,
    RateLimited,
    Refused,
    Saga,
    Step,
    TimedOut,
    Unsure,
    Wait,
    backoff,
    find,
)
from sagas.journal import Entry, Lease, LeaseLost

log = structlog.get_logger(__name__)

UNDO_TRIES = 20
LONGEST_UNDO_PAUSE = 300.0
LONGEST_RATE_LIMIT = timedelta(minutes=30)
OUR_FAULT = Refused("unavailable", "Something went wrong on our side.")

# One claim takes as many runs as were led in a moment last time, so that quick runs share a round trip
# and slow ones are left for other workers.
MOST_AT_ONCE = 16
QUICK = 0.01

_at_once = 1
_has_leftovers = False


def work(for_seconds: float, wake_another: Callable[[], None]) -> bool:
    """Lead due runs until none is left or the time is over; returns whether some may be left.

    `wake_another` is called when more is due than this process takes at once.
    """
    global _at_once, _has_leftovers
    ends_at = monotonic() + for_seconds
    if _has_leftovers:
        journal.release_own()
        _has_leftovers = False
    while monotonic() < ends_at:
        runs = journal.claim(_at_once)
        if not runs:
            return False
        if len(runs) == _at_once and journal.is_more_due():
            wake_another()
        for index, run in enumerate(runs):
            began = monotonic()
            try:
                lead(run)
            except (DatabaseError, InterfaceError):
                _has_leftovers = True
                raise
            if monotonic() - began > QUICK:
                _at_once = 1
                if index + 1 < len(runs):
                    journal.release(runs[index + 1 :])
                    wake_another()
                    break
        else:
            _at_once = min(MOST_AT_ONCE, 2 * _at_once)
    return True


def lead(run: Lease) -> None:
    """Advance one claimed run as far as it goes now."""
    context = {**run.context, "run_id": run.id, "saga": run.saga}
    with structlog.contextvars.bound_contextvars(**context):
        try:
            _lead(run)
        except LeaseLost:
            log.warning("saga.lease_lost")


def _lead(run: Lease) -> None:
    try:
        saga = find(run.saga)
    except KeyError:
        return _stick(run, "no_such_saga", f"The code no longer has the saga {run.saga}.")
    subject = saga.model._base_manager.filter(pk=run.subject_id).first()
    if subject is None:
        return _stick(run, "no_subject", f"The {saga.model.__name__} {run.subject_id} is gone.")
    if run.status == "compensating":
        return _go_back(run, saga, subject)
    while run.position < len(run.plan):
        name = run.plan[run.position]
        try:
            step = saga.step(name)
        except KeyError:
            return _stick(run, "no_such_step", f"The code no longer has the step {name}.")
        if not _take(run, saga, step, subject):
            return None
    return None


# --- Forward ---------------------------------------------------------------------------------


def _take(run: Lease, saga: Saga[Model], step: Step[Model], subject: Model) -> bool:
    """Do one step and write down its outcome; returns whether the run goes on at once."""
    began_at = datetime.now(UTC)
    before = _columns(subject)
    interrupted = run.begun

    def done() -> bool:
        return _move_on(run, saga, step, "done", began_at, subject=subject, before=before)

    try:
        if isinstance(step, Call):
            if not step.is_repeatable:
                if interrupted:
                    raise Unsure("The worker was lost while this call was being made.")
                journal.begin(run, step.timeout)
            with _time_limit(step.timeout):
                step.do(subject)
            return done()
        with transaction.atomic():
            with _time_limit(step.timeout):
                step.do(subject)
            return done()
    except LeaseLost:
        raise
    except Wait as wait:
        return _pause(run, step, wait, began_at)
    except Exception as error:
        if isinstance(error, DatabaseError | InterfaceError) and not _is_database_well():
            raise
        return _fail(run, saga, step, error, began_at)


def _move_on(
    run: Lease,
    saga: Saga[Model],
    step: Step[Model],
    result: str,
    began_at: datetime,
    error: str = "",
    subject: Model | None = None,
    before: dict[str, Any] | None = None,
) -> bool:
    """Write down that this step is over and stand before the next; returns whether there is one."""
    position = _after(run.plan, run.position)
    entry = Entry(step.name, result, run.tries + 1, began_at, error)
    changed = _changed(subject, before) if subject is not None and before is not None else None
    if position == len(run.plan):
        journal.record(
            run,
            entry,
            subject=subject,
            changed=changed,
            status="completed",
            position=position,
            begun=False,
        )
        log.info("saga.completed")
        return False
    following = saga.step(run.plan[position]) if saga.has(run.plan[position]) else None
    journal.record(
        run,
        entry,
        lease_for=(following.timeout if following else 0) + journal.LEASE_MARGIN,
        subject=subject,
        changed=changed,
        status="running",
        position=position,
        tries=0,
        begun=False,
    )
    return True


def _after(plan: list[str], position: int) -> int:
    position += 1
    return position + 1 if position < len(plan) and plan[position] == NO_RETURN else position


def _pause(run: Lease, step: Step[Model], wait: Wait, began_at: datetime) -> bool:
    log.info("saga.waiting", step=step.name, until=wait.until.isoformat(), why=str(wait))
    journal.record(
        run,
        Entry(step.name, "waiting", run.tries + 1, began_at, str(wait)),
        due_at=_believed(wait),
        status="waiting",
        begun=False,
    )
    return False


def _believed(wait: Wait) -> datetime:
    if isinstance(wait, RateLimited):
        return min(wait.until, datetime.now(UTC) + LONGEST_RATE_LIMIT)
    return wait.until


def _fail(
    run: Lease, saga: Saga[Model], step: Step[Model], error: Exception, began_at: datetime
) -> bool:
    """Decide what follows a failed try: another, the next step, a person, or the way back."""
    repeatable = not isinstance(step, Call) or step.is_repeatable
    unsure = isinstance(error, Unsure) or (isinstance(error, TimedOut) and not repeatable)
    refused = isinstance(error, Refused)
    result = "unsure" if unsure else "refused" if refused else "failed"
    entry = Entry(step.name, result, run.tries + 1, began_at, _told(error))
    log.warning("saga.step_failed", step=step.name, result=result, error=entry.error)
    if unsure and isinstance(step, Call) and not repeatable:
        if step.if_unsure == "skip" or step.best_effort:
            return _move_on(run, saga, step, "unsure", began_at, entry.error)
        return _stick(run, "unsure", f"{step.name}: {error}", entry)
    if not refused and run.tries + 1 < step.tries:
        journal.record(
            run,
            entry,
            due_in=backoff(run.tries + 1),
            status="waiting",
            tries=run.tries + 1,
            begun=False,
        )
        return False
    if step.best_effort:
        return _move_on(run, saga, step, "skipped", began_at, entry.error)
    if run.is_past_return:
        return _stick(run, "past_return", f"{step.name}: {_told(error)}", entry)
    if unsure:
        return _stick(run, "unsure", f"{step.name}: {error}", entry)
    _turn_back(run, saga, entry, error if isinstance(error, Refused) else OUR_FAULT)
    return False


def _stick(run: Lease, code: str, reason: str, entry: Entry | None = None) -> bool:
    log.error("saga.stuck", code=code, reason=reason)
    # The mark of a begun call stays: should a person retry, they have decided that it may be made.
    journal.record(run, entry, status="stuck", code=code, reason=reason)
    return False


# --- Back ------------------------------------------------------------------------------------


def _turn_back(run: Lease, saga: Saga[Model], entry: Entry, why: Refused) -> None:
    journal.record(
        run,
        entry,
        lease_for=journal.CLAIM_LEASE,
        status="compensating",
        tries=0,
        begun=False,
        undo_left=undos(saga, run.plan, run.position),
        undo_failed=[],
        code=why.code,
        reason=why.sentence,
    )
    # What the failed step set on the row was not saved, so the row is read anew.
    _go_back(run, saga, saga.model._base_manager.get(pk=run.subject_id))


def undos(saga: Saga[Model], plan: list[str], position: int) -> list[str]:
    """Return the names of the steps to undo, last first: what was done, and the one that failed."""
    names = [name for name in plan[: position + 1] if name != NO_RETURN and saga.has(name)]
    return [name for name in reversed(names) if saga.step(name).undo is not None]


def _go_back(run: Lease, saga: Saga[Model], subject: Model) -> None:
    """Undo, last first, what is left to undo; an undo that fails never holds up the others."""
    next_pass: datetime | None = None
    for name in list(run.undo_left):
        try:
            step = saga.step(name)
        except KeyError:
            _give_up_undo(run, name, "The code no longer has this step.", datetime.now(UTC))
            continue
        until = _undo(run, step, subject)
        if until is not None:
            next_pass = until if next_pass is None else max(next_pass, until)
    if next_pass is not None:
        journal.record(run, None, due_at=next_pass, tries=run.tries + 1)
    elif run.undo_failed:
        failed = ", ".join(run.undo_failed)
        log.error("saga.stuck", code="undo_failed", reason=failed)
        journal.record(
            run, None, status="stuck", code=run.code, reason=f"{run.reason} Not undone: {failed}."
        )
    else:
        _finish_back(run, saga, subject)


def _undo(run: Lease, step: Step[Model], subject: Model) -> datetime | None:
    """Undo one step; returns when to try it again, or None when it is over."""
    began_at = datetime.now(UTC)
    undo = step.undo
    try:
        with _time_limit(step.timeout):
            if undo is not None:
                undo(subject)
    except Wait as wait:
        return _believed(wait)
    except Exception as error:
        if isinstance(error, DatabaseError | InterfaceError) and not _is_database_well():
            raise
        log.warning("saga.undo_failed", step=step.name, error=_told(error))
        if isinstance(error, Refused) or run.tries + 1 >= UNDO_TRIES:
            _give_up_undo(run, step.name, _told(error), began_at)
            return None
        journal.record(
            run,
            Entry(step.name, "failed", run.tries + 1, began_at, _told(error)),
            lease_for=journal.CLAIM_LEASE,
        )
        return began_at + timedelta(seconds=backoff(run.tries + 1, LONGEST_UNDO_PAUSE))
    journal.record(
        run,
        Entry(step.name, "undone", run.tries + 1, began_at),
        lease_for=journal.CLAIM_LEASE,
        undo_left=[name for name in run.undo_left if name != step.name],
    )
    return None


def _give_up_undo(run: Lease, name: str, error: str, began_at: datetime) -> None:
    journal.record(
        run,
        Entry(name, "failed", run.tries + 1, began_at, error),
        lease_for=journal.CLAIM_LEASE,
        undo_left=[left for left in run.undo_left if left != name],
        undo_failed=[*run.undo_failed, name],
    )


def _finish_back(run: Lease, saga: Saga[Model], subject: Model) -> None:
    """Tell that everything is undone, at most once, and finish."""
    tell = saga.when_undone
    if tell is None:
        journal.record(run, None, status="compensated")
        log.info("saga.compensated")
        return
    began_at = datetime.now(UTC)
    result, error = "done", ""
    if run.begun:
        result, error = "unsure", "The worker was lost while this call was being made."
    else:
        journal.begin(run, Step(_nothing).timeout)
        try:
            with _time_limit(Step(_nothing).timeout):
                tell(subject, Refused(run.code, run.reason))
        except Exception as failure:
            result, error = "skipped", _told(failure)
    journal.record(
        run,
        Entry(tell.__name__, result, 1, began_at, error),
        status="compensated",
        begun=False,
    )
    log.info("saga.compensated")


def _nothing(_: Model) -> None:
    """Stands for a step whose defaults are asked for."""


# --- What both ways need ---------------------------------------------------------------------


def _columns(row: Model) -> dict[str, Any]:
    return {field.attname: row.__dict__.get(field.attname) for field in row._meta.concrete_fields}


def _changed(row: Model, before: dict[str, Any]) -> dict[str, Any]:
    """Return the database values, by column, of what a step set on its row."""
    return {
        str(field.column): field.get_db_prep_save(getattr(row, field.attname), connection)
        for field in row._meta.concrete_fields
        if row.__dict__.get(field.attname) != before[field.attname]
    }


def _told(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:1000]


def _is_database_well() -> bool:
    """Tell an error in a step's query from a database that is gone."""
    try:
        return connection.connection is not None and connection.is_usable()
    except Exception:
        return False


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Interrupt what runs longer; only where signals can: in the main thread of a worker process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        raise TimedOut(f"Not over after {seconds:g} s.")

    previous = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
