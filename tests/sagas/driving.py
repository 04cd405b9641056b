"""Starting parcels on their way and leading them, for tests of the engine."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from sagas import engine
from sagas.flow import Saga
from sagas.models import Run
from sagas.poke import pokes_held
from sagas.services import start
from tests.sagas.sample.models import Effect, Mark, Parcel
from tests.sagas.sample.sagas import parcel as parcel_saga


def send(saga: Saga[Any] = parcel_saga, **script: Any) -> Parcel:
    """Start a parcel whose steps do what the script says."""
    parcel = Parcel.objects.create(script=script)
    with transaction.atomic(), pokes_held():
        start(saga, parcel)
    return parcel


def lead(lane: str = "") -> None:
    """Lead all runs of the lane as far as they go now."""
    with pokes_held(lane):
        engine.work(30, lambda: None, lane)


def lead_on(patience: int = 50) -> None:
    """Lead all runs to their ends, as if every wait were over at once."""
    for _ in range(patience):
        lead()
        waiting = Run.objects.filter(due_at__isnull=False)
        if not waiting.exists():
            return
        let_time_pass(waiting)
    raise AssertionError(f"Still on their way: {list(waiting.values())}")


def let_time_pass(runs: Any = None) -> None:
    """Make it as if the pauses of these runs and of their undos were over."""
    for run in Run.objects.filter(due_at__isnull=False) if runs is None else runs:
        for pause in run.undo_pauses.values():
            pause["until"] = "2020-01-01T00:00:00+00:00"
        run.due_at = Now()
        run.save(update_fields=["due_at", "undo_pauses"])


def run_of(parcel: Parcel) -> Run:
    return Run.objects.get(subject_id=str(parcel.pk), saga__startswith="sample.")


def journal_of(parcel: Parcel) -> list[tuple[str, str]]:
    """Return (step, result) of everything that was tried, in order."""
    outcomes = run_of(parcel).outcomes.order_by("id")
    return [(outcome.step, outcome.result) for outcome in outcomes]


def effects_of(parcel: Parcel) -> Counter[str]:
    """Return how often each thing happened outside."""
    happened = Effect.objects.filter(parcel_id=parcel.pk).exclude(what__startswith="tried ")
    return Counter(happened.values_list("what", flat=True))


def marks_of(parcel: Parcel) -> Counter[str]:
    """Return how often each step of ours took effect in our database."""
    return Counter(Mark.objects.filter(parcel_id=parcel.pk).values_list("what", flat=True))
