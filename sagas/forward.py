"""The way forward: one step, and what follows from how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Model

from sagas import journal, subjects
from sagas.back import turn_back, undos
from sagas.flow import (
    NO_RETURN,
    Call,
    NotDone,
    Refused,
    Saga,
    Step,
    Unsure,
    Wait,
    backoff,
    believed,
    told,
)
from sagas.journal import LEASE_MARGIN, Entry, Lease, LeaseLost
from sagas.poke import let_go
from sagas.timeouts import time_limit

log = structlog.get_logger(__name__)

OUR_FAULT = Refused("unavailable", "Something went wrong on our side.")


@dataclass
class _Try:
    """One try of one step."""

    run: Lease
    saga: Saga[Model]
    step: Step[Model]
    subject: Model
    began: float = field(default_factory=monotonic)

    def entry(self, result: str, error: str = "") -> Entry:
        took = monotonic() - self.began
        return Entry(self.step.name, result, self.run.tries + 1, took, error)


def take(run: Lease, saga: Saga[Model], step: Step[Model], subject: Model) -> bool:
    """Do one step and write down its outcome; returns whether the run goes on at once."""
    goes_on = _take(_Try(run, saga, step, subject))
    if run.status == "completed":
        log.info("saga.completed")
    return goes_on


def _take(this: _Try) -> bool:
    run, step = this.run, this.step
    try:
        return _call(this, step) if isinstance(step, Call) else _step(this)
    except LeaseLost:
        raise
    except Wait as wait:
        log.info("saga.waiting", step=step.name, until=wait.until.isoformat())
        entry = this.entry("waiting", str(wait))
        journal.record(run, entry, due_at=believed(wait), status="waiting", begun=False)
        return False
    except Exception as error:
        if journal.is_database_gone(error):
            raise
        return _fail(this, error)


def _step(this: _Try) -> bool:
    before, lease = subjects.columns(this.subject), dict(vars(this.run))
    try:
        with transaction.atomic(durable=True):
            with time_limit(this.step.timeout):
                this.step.do(this.subject)
            changed = subjects.changed(this.subject, before)
            if journal.is_transaction_used():
                return _move_on(this, this.entry("done"), changed)
    except Exception:
        # A commit that fails (on a deferred constraint) has taken back what was written as done.
        vars(this.run).update(lease)
        raise
    # It only set columns: these and the outcome are one statement, a transaction by itself.
    return _move_on(this, this.entry("done"), changed)


def _call(this: _Try, call: Call[Model]) -> bool:
    before = subjects.columns(this.subject)
    let_go()
    if not call.is_repeatable:
        if this.run.begun:
            raise Unsure("It was begun, and nobody heard what came of it.")
        journal.begin(this.run, call.timeout + LEASE_MARGIN)
    with time_limit(call.timeout):
        call.do(this.subject)
    try:
        return _move_on(this, this.entry("done"), subjects.changed(this.subject, before))
    except LeaseLost:
        raise
    except Exception as error:
        if call.is_repeatable or journal.is_database_gone(error):
            raise
        raise Unsure(f"It was made, and what it brought cannot be stored: {told(error)}") from error


def _move_on(this: _Try, entry: Entry, changed: dict[str, Any] | None = None) -> bool:
    """Write down that this step is over and stand before the next; returns whether there is one."""
    run = this.run
    position = run.position + 1
    if run.plan[position : position + 1] == [NO_RETURN]:
        position += 1
    is_last = position == len(run.plan)
    journal.record(
        run,
        entry,
        keep=not is_last,
        subject=this.subject,
        changed=changed,
        status="completed" if is_last else "running",
        position=position,
        tries=0,
        begun=False,
    )
    return not is_last


def _fail(this: _Try, error: Exception) -> bool:
    """Decide what follows a failed try: another, the next step, a person, or the way back."""
    run, step = this.run, this.step
    if_unsure = step.if_unsure if isinstance(step, Call) else "repeat"
    is_refused = isinstance(error, Refused)
    is_unsure = isinstance(error, Unsure)
    if if_unsure != "repeat":
        is_unsure = not isinstance(error, Refused | NotDone)
    if is_unsure and isinstance(step, Call) and step.look is not None:
        try:
            took_effect, changed = _look(this, step)
        except Wait as wait:
            # The mark of the begun call stays: it is looked for again, and not made.
            entry = this.entry("waiting", f"{told(error)} {wait}")
            journal.record(run, entry, due_at=believed(wait), status="waiting")
            return False
        if took_effect:
            found = this.entry("done", f"Found to be done. {told(error)}")
            return _move_on(this, found, changed)
        is_unsure = took_effect is None
    result = "unsure" if is_unsure else "refused" if is_refused else "failed"
    entry = this.entry(result, told(error))
    # What went wrong in words may hold what people typed: those are for the journal.
    log.warning("saga.step_failed", step=step.name, result=result, error=type(error).__name__)

    if is_unsure and if_unsure == "skip":
        return _move_on(this, entry)
    may_repeat = not is_refused and not (is_unsure and if_unsure == "stop")
    if may_repeat and run.tries + 1 < step.tries:
        tries = run.tries + 1
        journal.record(
            run, entry, due_in=backoff(tries), status="waiting", tries=tries, begun=False
        )
    elif step.best_effort:
        return _move_on(this, this.entry("unsure" if is_unsure else "skipped", entry.error))
    elif is_unsure:
        journal.stick(run, "unsure", f"{step.name}: {entry.error}", entry)
    elif run.is_past_return:
        journal.stick(run, "past_return", f"{step.name}: {entry.error}", entry)
    elif is_refused or undos(this.saga, run.plan, run.position) or this.saga.when_undone:
        turn_back(run, this.saga, entry, _refusal(error))
    else:
        # There is no way back: to call this undone would hide it.
        journal.stick(run, "failed", f"{step.name}: {entry.error}", entry)
    return False


def _look(this: _Try, call: Call[Model]) -> tuple[bool | None, dict[str, Any]]:
    """Ask whether a call whose answer is lost took effect, and what that means for the row."""
    # What the call set on the row before its answer was lost is not to be believed.
    subject = subjects.read(this.saga, this.run.subject_id)
    if subject is None and this.saga.may_vanish:
        return False, {}
    if call.look is None or subject is None:
        return None, {}
    journal.hold(this.run, call.timeout + LEASE_MARGIN)
    before = subjects.columns(subject)
    try:
        with time_limit(call.timeout):
            took_effect = call.look(subject)
    except Wait:
        raise
    except Exception as error:
        if journal.is_database_gone(error):
            raise
        log.warning("saga.look_failed", step=call.name, error=type(error).__name__)
        return None, {}
    this.subject = subject
    return took_effect, subjects.changed(subject, before)


def _refusal(error: Exception) -> Refused:
    """Return what the way back is taken with."""
    if isinstance(error, Refused):
        return error
    return (error.refusal if isinstance(error, NotDone) else None) or OUR_FAULT
