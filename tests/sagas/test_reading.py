"""What is shown of runs, held to what the engine does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from sagas import reading, services
from sagas.models import Action, Run
from sagas.services import NotAllowedNow
from tests.sagas.driving import run_of, send
from tests.sagas.sample.models import Parcel

pytestmark = pytest.mark.django_db(transaction=True)

VERBS: dict[str, Callable[..., None]] = {
    "retry": services.retry,
    "mark_done": services.mark_done,
    "compensate": services.compensate,
    "close": services.close,
}
STATES = {
    "running": {},
    "at_work": {"owner": "a worker"},
    "waiting": {"status": "waiting"},
    "stuck": {"status": "stuck", "due_at": None},
    "stuck_past_return": {"status": "stuck", "due_at": None, "position": 99},
    "stuck_at_the_end": {"status": "stuck", "due_at": None, "position": 100},
    "stuck_going_back": {
        "status": "stuck",
        "due_at": None,
        "refusal_code": "no",
        "undo_failed": ["a"],
    },
    "going_back": {"status": "compensating", "refusal_code": "no", "undo_left": ["a"]},
    "waiting_going_back": {"status": "waiting", "refusal_code": "no", "undo_left": ["a"]},
    "stuck_unknown": {"status": "stuck", "due_at": None, "saga": "gone.saga"},
    "completed": {"status": "completed", "due_at": None},
    "closed": {"status": "closed", "due_at": None},
}


class _Undo(Exception):
    """Takes a decision back, after it was seen to be allowed."""


def is_allowed(verb: str, run: Run) -> bool:
    try:
        with transaction.atomic():
            VERBS[verb](run.pk, actor=None, actor_name="a test", note="why")
            raise _Undo
    except _Undo:
        return True
    except NotAllowedNow:
        return False


@pytest.mark.parametrize("state", STATES)
def test_what_is_offered_is_what_is_allowed(state: str) -> None:
    run = run_of(send())
    columns = dict(STATES[state])
    if "position" in columns:
        # Behind the point of no return, at the last step or behind it.
        columns["position"] = len(run.plan) - 100 + columns["position"]
    Run.objects.filter(pk=run.pk).update(**columns)
    run.refresh_from_db()
    allowed = tuple(str(verb) for verb in Action.Verb if is_allowed(verb, run))
    assert reading._view(run).decisions == allowed


def test_the_run_over_a_row_is_found_by_the_row() -> None:
    parcel, other = send(), send()
    found = reading.of_subjects(Parcel, [str(parcel.pk), "0"])
    assert list(found) == [str(parcel.pk)]
    assert found[str(parcel.pk)].id == run_of(parcel).pk != run_of(other).pk


def test_the_lag_is_that_of_the_oldest_that_no_worker_is_at() -> None:
    now = timezone.now()
    assert reading.lag(now) == timedelta(0)
    for minutes, owner in ((1, ""), (5, ""), (9, "a worker")):
        run = run_of(send())
        Run.objects.filter(pk=run.pk).update(due_at=now - timedelta(minutes=minutes), owner=owner)
    assert reading.lag(now) == timedelta(minutes=5)
