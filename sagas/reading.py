"""What other apps may see of runs: how each stands, and what a person may decide about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Model

from sagas import registry
from sagas.flow import every, find
from sagas.models import Action, Event, Run, RunQuerySet

Verb = Action.Verb
Status = Run.Status


@dataclass(frozen=True)
class RunView:
    """A run as it is shown; `decisions` are the verbs that a person may choose now."""

    id: int
    saga: str
    subject_id: str
    status: str
    step: str
    code: str
    reason: str
    due_at: datetime | None
    started_at: datetime
    decisions: tuple[str, ...]

    @property
    def is_stuck(self) -> bool:
        return self.status == Status.STUCK


def of_subjects(model: type[Model], ids: Iterable[str]) -> dict[str, RunView]:
    """Return the newest run over each of these rows, by the row's id."""
    return {run.subject_id: _view(run) for run in _over(model, ids)}


def refusal_code(row: Model) -> str:
    """Return why the newest run over this row goes, or went, back; empty when it does not."""
    return next((run.refusal_code for run in _over(type(row), [row.pk]).reverse()), "")


def is_published(fact: type[Any], key: str) -> bool:
    """Whether a fact of this kind was announced with that key."""
    return Event.objects.filter(kind=registry.kind(fact), key=key).exists()


def stuck(most: int) -> list[RunView]:
    """Return the newest of the runs that wait for a person."""
    return [_view(run) for run in Run.objects.stuck().order_by("-pk")[:most]]


def stuck_count() -> int:
    return Run.objects.stuck().count()


def lag(now: datetime, lane: str = "") -> timedelta:
    """Return for how long the oldest run of the lane that is due has been waiting for a worker."""
    waiting = Run.objects.filter(lane=lane, due_at__lt=now, owner="")
    oldest = waiting.aggregate(at=Min("due_at"))["at"]
    return now - oldest if oldest else timedelta(0)


def _over(model: type[Model], ids: Iterable[str]) -> RunQuerySet:
    sagas = [saga.name for saga in every() if saga.model is model]
    return Run.objects.filter(saga__in=sagas, subject_id__in=list(ids)).order_by("pk")


def _view(run: Run) -> RunView:
    return RunView(
        id=run.pk,
        saga=run.saga,
        subject_id=run.subject_id,
        status=run.status,
        step=run.next_step,
        code=run.code,
        reason=run.reason,
        due_at=run.due_at,
        started_at=run.started_at,
        decisions=tuple(str(verb) for verb in Verb if _may(verb, run)),
    )


def _may(verb: Verb, run: Run) -> bool:
    """Tell whether `sagas.services` would carry out this decision now."""
    is_stuck = run.status == Status.STUCK
    if run.owner:
        return False
    if verb == Verb.RETRY:
        return run.status in (Status.STUCK, Status.WAITING, Status.COMPENSATING)
    if verb == Verb.MARK_DONE:
        return is_stuck and bool(run.undo_failed if run.is_going_back else run.next_step)
    if verb == Verb.COMPENSATE:
        is_held_up = run.status in (Status.STUCK, Status.WAITING)
        return is_held_up and not run.is_past_return and not run.is_going_back and _is_known(run)
    return is_stuck


def _is_known(run: Run) -> bool:
    try:
        find(run.saga)
    except KeyError:
        return False
    return True
