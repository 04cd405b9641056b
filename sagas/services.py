"""What other apps and people may ask of the engine: start, announce, wake, decide."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from django.db import connection, transaction
from django.db.models import Case, CharField, Exists, F, Model, OuterRef, Q, When
from django.db.models.functions import Cast, Now

from sagas import registry
from sagas.back import undos
from sagas.flow import NO_RETURN, Saga, find
from sagas.models import Action, Event, Outcome, Run
from sagas.poke import poke_on_commit, pokes_held

__all__ = [
    "NotAllowedNow",
    "close",
    "compensate",
    "mark_done",
    "pokes_held",
    "prune",
    "publish",
    "publish_many",
    "retry",
    "start",
    "start_many",
    "wake",
    "wake_many",
]

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import User

S = TypeVar("S", bound=Model)

PRUNED_AT_ONCE = 1000

_INSERT_RUNS = """
INSERT INTO sagas_run (saga, subject_id, plan, lane, context)
SELECT * FROM unnest(%s::text[], %s::text[], %s::jsonb[], %s::text[], %s::jsonb[])
ON CONFLICT (saga, subject_id) DO NOTHING
"""

_INSERT_EVENTS = """
INSERT INTO sagas_event (kind, key, payload)
SELECT * FROM unnest(%s::text[], %s::text[], %s::jsonb[])
ON CONFLICT (kind, key) DO NOTHING RETURNING id, kind
"""


class NotAllowedNow(Exception):
    """The run is not in a state in which this can be done."""

    code = "not_allowed_now"


def start(saga: Saga[S], subject: S) -> None:
    """Start a run for this row, in the caller's transaction; one that exists is left alone."""
    start_many([(saga.name, str(subject.pk), saga.plan)])


def start_many(
    runs: Iterable[tuple[str, str, list[str]]],
    contexts: Sequence[Mapping[str, str]] | None = None,
) -> None:
    """Start runs given as (saga, subject id, plan) in one statement, in the caller's transaction.

    `contexts` has for each run the ids to bind to its log lines; by default those of the caller's.
    """
    rows = list(runs)
    if not rows:
        return
    given = [_context()] * len(rows) if contexts is None else contexts
    lanes = [find(saga).lane for saga, _, _ in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_RUNS,
            [
                [saga for saga, _, _ in rows],
                [subject_id for _, subject_id, _ in rows],
                [json.dumps(plan) for _, _, plan in rows],
                lanes,
                [json.dumps(context) for _, context in zip(rows, given, strict=True)],
            ],
        )
    for lane in set(lanes):
        poke_on_commit(lane)


def publish(fact: Any, *, key: str) -> None:
    """Announce a fact in the caller's transaction; the same kind and key again is the same fact.

    `fact` is a frozen dataclass; `key` names its cause, so that a repeated cause announces nothing
    new.
    """
    publish_many([(fact, key)])


@transaction.atomic
def publish_many(facts: Iterable[tuple[Any, str]]) -> None:
    """Announce facts, each given with its key, in two statements."""
    told = list(facts)
    if any(not is_dataclass(fact) or isinstance(fact, type) for fact, _ in told):
        raise TypeError("A fact is an instance of a dataclass.")
    if not told:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_EVENTS,
            [
                [registry.kind(type(fact)) for fact, _ in told],
                [key for _, key in told],
                [registry.encoded(fact) for fact, _ in told],
            ],
        )
        new = cursor.fetchall()
    start_many(
        (saga.name, str(id), saga.plan) for id, kind in new for saga in registry.listeners(kind)
    )


def wake(saga: Saga[S], subject: S) -> bool:
    """Let a run that waits, or is about to, go on at once; returns whether there was one."""
    return bool(wake_many(saga, [str(subject.pk)]))


def wake_many(saga: Saga[Any], subject_ids: Iterable[str]) -> int:
    """Let the runs over these rows that wait, or are about to, go on; returns their number."""
    moving = Run.objects.filter(
        saga=saga.name,
        subject_id__in=list(subject_ids),
        status__in=[Run.Status.RUNNING, Run.Status.WAITING],
    )
    woken = moving.update(
        due_at=Case(When(owner="", then=Now()), default=F("due_at")), woken=~Q(owner="")
    )
    if woken:
        poke_on_commit(saga.lane)
    return woken


def _context() -> dict[str, str]:
    """Return the ids of the flow that the caller is part of, for the log lines of the run."""
    bound = structlog.contextvars.get_contextvars()
    return {
        name: str(value)
        for name, value in bound.items()
        if name.endswith("_id") and name != "run_id"
    }


# --- What a person may decide ------------------------------------------------------------------


def retry(run_id: int, *, actor: User | None, actor_name: str, note: str = "") -> None:
    """Try the step (or the undos) of a held-up run again, now.

    Raises NotAllowedNow, as do the other decisions, when the run has moved on meanwhile.
    """
    with _decision(run_id, Action.Verb.RETRY, actor, actor_name, note) as run:
        held_up = run.status in ("stuck", "waiting", "compensating")
        _allow(held_up, "Only what is held up can be retried.")
        run.undo_left = [*run.undo_left, *run.undo_failed]
        run.undo_failed = []
        _go_on(run)


def mark_done(run_id: int, *, actor: User | None, actor_name: str, note: str = "") -> None:
    """Take the step that a stuck run is at (or the undos that failed) as done by hand."""
    with _decision(run_id, Action.Verb.MARK_DONE, actor, actor_name, note) as run:
        _allow(run.status == "stuck", "Only a stuck run has a step to be marked as done.")
        by_hand = f"Marked as done by {actor_name}."
        if run.is_going_back:
            _allow(bool(run.undo_failed), "No undo has failed: retry, or close the run.")
            _write(run, run.undo_failed, Outcome.Result.UNDONE, by_hand)
            run.undo_failed = []
        else:
            _allow(bool(run.next_step), "There is no step left to be marked as done.")
            _write(run, [run.next_step], Outcome.Result.DONE, by_hand)
            run.position += 1
            if run.next_step == NO_RETURN:
                run.position += 1
        _go_on(run)


def compensate(run_id: int, *, actor: User | None, actor_name: str, note: str = "") -> None:
    """Undo a stuck or waiting run now: what was done, and the step that it is at."""
    with _decision(run_id, Action.Verb.COMPENSATE, actor, actor_name, note) as run:
        _allow(run.status in ("stuck", "waiting"), "Only a stuck or waiting run can be undone.")
        _allow(not run.is_past_return, "The run is past its point of no return.")
        _allow(not run.is_going_back, "The run is on its way back already: retry instead.")
        try:
            saga = find(run.saga)
        except KeyError:
            raise NotAllowedNow(f"The code no longer has the saga {run.saga}.") from None
        run.undo_left = undos(saga, run.plan, run.position)
        run.refusal_code, run.refusal = "undone_by_hand", "It was called off by hand."
        _go_on(run)


def close(run_id: int, *, actor: User | None, actor_name: str, note: str) -> None:
    """End a stuck run as it is; the note says why."""
    with _decision(run_id, Action.Verb.CLOSE, actor, actor_name, note) as run:
        _allow(run.status == "stuck", "Only a stuck run can be closed.")
        _allow(bool(note.strip()), "A run is closed with a note that says why.")
        run.status = Run.Status.CLOSED


def _allow(condition: bool, why_not: str) -> None:
    if not condition:
        raise NotAllowedNow(why_not)


def _go_on(run: Run) -> None:
    """Let it move again, the way that it was going; why it was held up is history."""
    back = run.is_going_back
    run.status = Run.Status.COMPENSATING if back else Run.Status.RUNNING
    run.code, run.reason = run.refusal_code, run.refusal
    run.begun = False


def _write(run: Run, steps: list[str], result: Outcome.Result, by_hand: str) -> None:
    Outcome.objects.bulk_create(
        Outcome(
            run=run, step=step, result=result, attempt=run.tries + 1, began_at=Now(), error=by_hand
        )
        for step in steps
    )


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
        Action.objects.create(
            run=run, verb=verb, step=step, note=note, actor=actor, actor_name=actor_name
        )
        is_final = run.is_final
        run.tries = run.losses = 0
        run.undo_pauses = {}
        run.due_at = None if is_final else Now()
        run.finished_at = Now() if is_final else None
        run.save()
        poke_on_commit(run.lane)


# --- Forgetting --------------------------------------------------------------------------------


def prune(before: datetime) -> int:
    """Delete runs that finished, and facts that were heard, before then; returns how many runs."""
    count = 0
    old = Run.objects.filter(finished_at__lt=before).order_by("finished_at")
    while batch := list(old.values_list("pk", flat=True)[:PRUNED_AT_ONCE]):
        count += len(batch)
        Run.objects.filter(pk__in=batch).delete()
    heard = Run.objects.unfinished().filter(
        saga__in=[saga.name for sagas in registry.all_listeners() for saga in sagas],
        subject_id=Cast(OuterRef("pk"), CharField()),
    )
    Event.objects.filter(~Exists(heard), at__lt=before).delete()
    return count
