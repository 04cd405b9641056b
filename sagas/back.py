"""The way back: every undo, last first, none a hostage of another, and then the telling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from django.db.models import Model

from sagas import journal, subjects
from sagas.flow import NO_RETURN, Refused, Saga, Step, Wait, backoff, believed, told
from sagas.journal import LEASE_MARGIN, Entry, Lease, LeaseLost
from sagas.timeouts import time_limit

log = structlog.get_logger(__name__)

# An undo that does not work is tried for about an hour.
UNDO_TRIES = 20
LONGEST_PAUSE = 300.0
TELLING_TIMEOUT = 30.0


def undos(saga: Saga[Model], plan: list[str], position: int) -> list[str]:
    """Return the names of the steps to undo, last first: what was done, and the one that failed."""
    names = [name for name in plan[: position + 1] if name != NO_RETURN and saga.has(name)]
    return [name for name in reversed(names) if saga.step(name).undo is not None]


def turn_back(run: Lease, saga: Saga[Model], entry: Entry, why: Refused) -> None:
    """Write down that the run goes back, and go."""
    log.info("saga.turned_back", step=entry.step, why=why.code)
    journal.record(
        run,
        entry,
        keep=True,
        status="compensating",
        tries=0,
        begun=False,
        undo_left=undos(saga, run.plan, run.position),
        undo_failed=[],
        refusal_code=why.code,
        refusal=why.sentence,
        code=why.code,
        reason=why.sentence,
    )
    # What the failed step set on the row was not saved, so the row is read anew.
    subject = subjects.read(saga, run.subject_id)
    if subject is None:
        return journal.stick(run, "no_subject", "Its row is gone.")
    return go_back(run, saga, subject)


def go_back(run: Lease, saga: Saga[Model], subject: Model, is_deadly: bool = False) -> None:
    """Undo, last first, what is left and whose time has come; an undo that fails holds up no other.

    With `is_deadly` the first of these has cost too many workers, and is given up.
    """
    for name in list(run.undo_left):
        if _seconds_left(run, name) > 0:
            continue
        if is_deadly:
            is_deadly = False
            _give_up(run, Entry(name, "failed", 1, 0.0, "It has cost several workers."))
        elif not saga.has(name):
            _give_up(run, Entry(name, "failed", 1, 0.0, "The code no longer has this step."))
        else:
            _undo(run, saga.step(name), subject)
    if run.undo_left:
        journal.record(run, None, due_in=min(_seconds_left(run, name) for name in run.undo_left))
    elif run.undo_failed:
        journal.stick(run, "undo_failed", f"Not undone: {', '.join(run.undo_failed)}.")
    else:
        _tell(run, saga, subject)


def _undo(run: Lease, step: Step[Model], subject: Model) -> None:
    journal.hold(run, step.timeout + LEASE_MARGIN)
    tries = run.undo_pauses.get(step.name, {}).get("tries", 0) + 1
    before = subjects.columns(subject)
    began = monotonic()
    try:
        with time_limit(step.timeout):
            if step.undo is not None:
                step.undo(subject)
        entry = Entry(step.name, "undone", tries, monotonic() - began)
        _over(run, entry, subject=subject, changed=subjects.changed(subject, before))
    except LeaseLost:
        raise
    except Wait as wait:
        entry = Entry(step.name, "waiting", tries, monotonic() - began, str(wait))
        _pause(run, entry, believed(wait), tries - 1)
    except Exception as error:
        if journal.is_database_gone(error):
            raise
        log.warning("saga.undo_failed", step=step.name, error=type(error).__name__)
        entry = Entry(step.name, "failed", tries, monotonic() - began, told(error))
        if isinstance(error, Refused) or tries >= UNDO_TRIES:
            _give_up(run, entry)
        else:
            pause = timedelta(seconds=backoff(tries, LONGEST_PAUSE))
            _pause(run, entry, datetime.now(UTC) + pause, tries)


def _over(run: Lease, entry: Entry, **more: Any) -> None:
    left = [name for name in run.undo_left if name != entry.step]
    pauses = {name: pause for name, pause in run.undo_pauses.items() if name != entry.step}
    journal.record(run, entry, keep=True, undo_left=left, undo_pauses=pauses, **more)


def _give_up(run: Lease, entry: Entry) -> None:
    _over(run, entry, undo_failed=[*run.undo_failed, entry.step])


def _pause(run: Lease, entry: Entry, until: datetime, tries: int) -> None:
    pause = {"tries": tries, "until": until.isoformat()}
    journal.record(run, entry, keep=True, undo_pauses={**run.undo_pauses, entry.step: pause})


def _seconds_left(run: Lease, name: str) -> float:
    """Return how long this undo has to wait still."""
    pause = run.undo_pauses.get(name)
    if pause is None:
        return 0.0
    left = datetime.fromisoformat(pause["until"]) - datetime.now(UTC)
    return max(0.0, left.total_seconds())


def _tell(run: Lease, saga: Saga[Model], subject: Model) -> None:
    """Tell that everything is undone, at most once, and finish."""
    tell = saga.when_undone
    before = subjects.columns(subject)
    entry = None
    if tell is not None:
        began = monotonic()
        result, error = "done", ""
        if run.begun:
            result, error = "unsure", "The worker was lost while this was being told."
        else:
            journal.begin(run, TELLING_TIMEOUT + LEASE_MARGIN)
            try:
                with time_limit(TELLING_TIMEOUT):
                    tell(subject, Refused(run.refusal_code, run.refusal))
            except Wait as wait:
                entry = Entry(tell.__name__, "waiting", 1, monotonic() - began, str(wait))
                return journal.record(run, entry, due_at=believed(wait), begun=False)
            except Exception as failure:
                result, error = "skipped", told(failure)
        entry = Entry(tell.__name__, result, 1, monotonic() - began, error)
    changed = subjects.changed(subject, before)
    journal.record(run, entry, subject=subject, changed=changed, status="compensated", begun=False)
    log.info("saga.compensated")
    return None
