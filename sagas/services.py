"""What other apps and people may ask of the engine: start, announce, wake, and the four decisions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.functions import Now

from sagas import registry
from sagas.engine import undos
from sagas.flow import NO_RETURN, Saga, find
from sagas.models import Action, Event, Outcome, Run
from sagas.poke import poke

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import User

S = TypeVar("S", bound=Model)

_INSERT_RUNS = """
INSERT INTO sagas_run (saga, subject_id, plan, context)
SELECT * FROM unnest(%s::text[], %s::text[], %s::jsonb[], %s::jsonb[])
ON CONFLICT (saga, subject_id) DO NOTHING
"""


class NotAllowedNow(Exception):
    """The run is not in a state in which this can be done."""

    code = "not_allowed_now"


def start(saga: Saga[S], subject: S) -> None:
    """Start a run for this row, in the caller's transaction; a run that exists already is left alone."""
    start_many([(saga.name, str(subject.pk), saga.plan)])


def start_many(runs: Iterable[tuple[str, str, list[str]]]) -> None:
    """Start runs given as (saga, subject id, plan) in one statement, in the caller's transaction."""
    rows = list(runs)
    if not rows:
        return
    context = json.dumps(_context())
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_RUNS,
            [
                [saga for saga, _, _ in rows],
                [subject_id for _, subject_id, _ in rows],
                [json.dumps(plan) for _, _, plan in rows],
                [context] * len(rows),
            ],
        )
    poke_on_commit()


def publish(fact: Any, *, key: str) -> None:
    """Announce a fact in the caller's transaction; the same kind and key again is the same fact.

    `fact` is a frozen dataclass; `key` names its cause, so that a repeated cause announces nothing new.
    """
    if not is_dataclass(fact) or isinstance(fact, type):
        raise TypeError("A fact is an instance of a dataclass.")
    kind = registry.kind(type(fact))
    payload = json.dumps(asdict(fact), cls=DjangoJSONEncoder)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sagas_event (kind, key, payload) VALUES (%s, %s, %s)"
            " ON CONFLICT (kind, key) DO NOTHING RETURNING id",
            [kind, key, payload],
        )
        row = cursor.fetchone()
    if row is not None:
        start_many((saga.name, str(row[0]), saga.plan) for saga in registry.listeners(kind))


def wake(saga: Saga[S], subject: S) -> bool:
    """Let a waiting run go on now; returns whether there was one."""
    woken = Run.objects.filter(
        saga=saga.name, subject_id=str(subject.pk), status=Run.Status.WAITING, owner=""
    ).update(due_at=Now())
    if woken:
        poke_on_commit()
    return bool(woken)


def _context() -> dict[str, str]:
    bound = structlog.contextvars.get_contextvars()
    return {name: str(bound[name]) for name in ("request_id", "message_id") if name in bound}


# --- Poking ----------------------------------------------------------------------------------

_pokes_held = ContextVar("pokes_held", default=False)


@contextmanager
def pokes_held() -> Iterator[None]:
    """Send no pokes meanwhile: a worker at its loop finds new runs by itself."""
    token = _pokes_held.set(True)
    try:
        yield
    finally:
        _pokes_held.reset(token)


def poke_on_commit() -> None:
    """Wake a worker once the caller's transaction is committed."""
    if not _pokes_held.get():
        transaction.on_commit(poke)


# --- What a person may decide ------------------------------------------------------------------


def retry(run_id: int, *, actor: User | None, actor_name: str, note: str = "") -> None:
    """Try the step (or the undos) of a stuck or waiting run again, now.

    Raises NotAllowedNow, as do the other decisions, when the run has moved on meanwhile.
    """
    with _decision(run_id, Action.Verb.RETRY, actor, actor_name, note) as run:
        going_back = bool(run.undo_left or run.undo_failed) or run.status == "compensating"
        _allow(run.status in ("stuck", "waiting", "compensating"), "Only what is held up can be retried.")
        run.status = Run.Status.COMPENSATING if going_back else Run.Status.RUNNING
        run.undo_left = [*run.undo_left, *run.undo_failed]
        run.undo_failed = []
        run.begun = False


def mark_done(run_id: int, *, actor: User | None, actor_name: str, note: str) -> None:
    """Take the step that a stuck run is at (or the undos that failed) as done by hand, and go on."""
    with _decision(run_id, Action.Verb.MARK_DONE, actor, actor_name, note) as run:
        _allow(run.status == "stuck", "Only a stuck run has a step to be marked as done.")
        if run.undo_failed:
            run.undo_failed = []
            run.status = Run.Status.COMPENSATING
            return
        Outcome.objects.create(
            run=run,
            step=run.next_step,
            result=Outcome.Result.DONE,
            attempt=run.tries + 1,
            began_at=Now(),
            error=f"Marked as done by {actor_name}.",
        )
        run.position += 1
        if run.next_step == NO_RETURN:
            run.position += 1
        run.begun = False
        run.status = Run.Status.RUNNING


def compensate(run_id: int, *, actor: User | None, actor_name: str, note: str = "") -> None:
    """Undo a stuck or waiting run now: what was done, and the step that it is at."""
    with _decision(run_id, Action.Verb.COMPENSATE, actor, actor_name, note) as run:
        _allow(run.status in ("stuck", "waiting"), "Only a stuck or waiting run can be undone.")
        _allow(not run.is_past_return, "The run is past its point of no return.")
        _allow(not run.undo_failed, "The run was already undone as far as it could be: retry instead.")
        run.undo_left = undos(find(run.saga), run.plan, run.position)
        run.code, run.reason = "undone_by_hand", "The streamer gave the points back."
        run.begun = False
        run.status = Run.Status.COMPENSATING


def close(run_id: int, *, actor: User | None, actor_name: str, note: str) -> None:
    """End a stuck run as it is; the note says why."""
    with _decision(run_id, Action.Verb.CLOSE, actor, actor_name, note) as run:
        _allow(run.status == "stuck", "Only a stuck run can be closed.")
        _allow(bool(note.strip()), "A run is closed with a note that says why.")
        run.status = Run.Status.CLOSED


def _allow(condition: bool, why_not: str) -> None:
    if not condition:
        raise NotAllowedNow(why_not)


@contextmanager
def _decision(
    run_id: int, verb: Action.Verb, actor: User | None, actor_name: str, note: str
) -> Iterator[Run]:
    """Hold the run's row while it is changed, save it, write who decided, and wake a worker."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        _allow(not run.owner, "A worker is at this run: try again in a moment.")
        step = run.next_step
        yield run
        run.tries = 0
        final = run.status == Run.Status.CLOSED
        Action.objects.create(
            run=run, verb=verb, step=step, note=note, actor=actor, actor_name=actor_name
        )
        Run.objects.filter(pk=run.pk).update(
            status=run.status,
            position=run.position,
            tries=0,
            begun=run.begun,
            undo_left=run.undo_left,
            undo_failed=run.undo_failed,
            code=run.code,
            reason=run.reason,
            due_at=None if final else Now(),
            finished_at=Now() if final else None,
        )
        poke_on_commit()


def prune(before: datetime) -> int:
    """Delete finished runs and facts older than `before`; returns how many runs."""
    count, _ = Run.objects.filter(finished_at__lt=before).delete()
    unfinished = Run.objects.unfinished().values("subject_id")
    Event.objects.filter(at__lt=before).exclude(
        pk__in=[int(row["subject_id"]) for row in unfinished.filter(saga__in=_listener_names())]
    ).delete()
    return count


def _listener_names() -> list[str]:
    return [saga.name for sagas in registry.all_listeners() for saga in sagas]
