"""What other apps and people may ask of the engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from sagas import journal, services
from sagas.models import Event, Run
from sagas.services import NotAllowedNow
from tests.sagas.driving import (
    effects_of,
    journal_of,
    lead,
    lead_on,
    let_time_pass,
    marks_of,
    run_of,
    send,
)
from tests.sagas.sample.events import ParcelSent
from tests.sagas.sample.models import Parcel
from tests.sagas.sample.sagas import letter
from tests.sagas.sample.sagas import parcel as saga

pytestmark = pytest.mark.django_db(transaction=True)

ME: dict[str, Any] = {"actor": None, "actor_name": "Mo"}


# --- Starting ------------------------------------------------------------------------------------


def test_a_second_start_changes_nothing() -> None:
    parcel = send(announce=["wait_long"])
    lead()
    before = Run.objects.values().get()
    services.start(saga, parcel)
    lead()
    assert Run.objects.values().get() == before
    assert marks_of(parcel)["weigh"] == 1


def test_a_start_after_the_end_does_nothing_again() -> None:
    parcel = send()
    lead()
    services.start(saga, parcel)
    lead()
    assert set(effects_of(parcel).values()) == {1}


def test_a_start_is_undone_with_its_transaction() -> None:
    with transaction.atomic():
        send()
        transaction.set_rollback(True)
    assert not Run.objects.exists()


def test_a_run_keeps_the_ids_of_the_flow_that_started_it() -> None:
    with structlog.contextvars.bound_contextvars(request_id="r1", secret="s"):
        parcel = send()
    assert run_of(parcel).context == {"request_id": "r1"}


def test_many_runs_are_started_each_with_its_own_ids() -> None:
    parcels = [Parcel.objects.create() for _ in range(3)]
    services.start_many(
        [(saga.name, str(parcel.pk), saga.plan) for parcel in parcels],
        [{"message_id": f"m{parcel.pk}"} for parcel in parcels],
    )
    assert [run_of(parcel).context for parcel in parcels] == [
        {"message_id": f"m{parcel.pk}"} for parcel in parcels
    ]


def test_for_each_of_many_runs_there_must_be_ids() -> None:
    parcel = Parcel.objects.create()
    with pytest.raises(ValueError, match="shorter"):
        services.start_many([(saga.name, str(parcel.pk), saga.plan)], [])


# --- Facts ---------------------------------------------------------------------------------------


def announce(parcel: Parcel, **more: Any) -> ParcelSent:
    fact = ParcelSent(parcel.pk, datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC), ("a", "b"))
    fact = replace(fact, **more)
    services.publish(fact, key=f"parcel {parcel.pk}")
    return fact


def test_every_listener_hears_a_fact_once_however_often_it_is_told() -> None:
    parcel = Parcel.objects.create()
    announce(parcel)
    announce(parcel)
    lead()
    announce(parcel)
    lead()
    assert Event.objects.count() == 1
    assert effects_of(parcel) == {"count": 1, "shout": 1}
    parcel.refresh_from_db()
    assert parcel.notes == [["2026-01-02T03:04:05.678901+00:00", "a", "b"]]


def test_a_fact_and_its_listeners_are_one_transaction() -> None:
    parcel = Parcel.objects.create()
    with transaction.atomic():
        announce(parcel)
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert not Run.objects.exists()


def test_a_listener_that_fails_for_good_is_a_stuck_run_and_no_other_knows() -> None:
    parcel = Parcel.objects.create(script={"count": ["fail"], "for_ever": True})
    announce(parcel)
    lead_on()
    stuck = Run.objects.get(status="stuck")
    assert (stuck.saga, stuck.code) == ("tests.sagas.sample.listeners.count", "failed")
    assert effects_of(parcel) == {"shout": 1}


def test_many_facts_are_told_at_once_and_those_that_are_known_not_again() -> None:
    parcels = [Parcel.objects.create() for _ in range(3)]
    announce(parcels[0])
    facts = [(ParcelSent(it.pk, timezone.now(), ()), f"parcel {it.pk}") for it in parcels]
    services.publish_many(facts)
    services.publish_many([])
    lead()
    assert [effects_of(parcel)["count"] for parcel in parcels] == [1, 1, 1]


def test_only_a_dataclass_is_a_fact() -> None:
    with pytest.raises(TypeError):
        services.publish({"roll": 1}, key="1")


# --- Waking --------------------------------------------------------------------------------------


def test_a_waiting_run_can_be_woken() -> None:
    parcel = send(label=["wait_long"])
    lead()
    assert services.wake(saga, parcel)
    lead()
    assert run_of(parcel).status == "completed"
    assert not services.wake(saga, parcel)


def test_many_waiting_runs_are_woken_at_once() -> None:
    parcels = [send(label=["wait_long"]) for _ in range(3)]
    lead()
    assert services.wake_many(saga, [str(parcel.pk) for parcel in parcels[1:]]) == 2
    lead()
    statuses = [run_of(parcel).status for parcel in parcels]
    assert statuses == ["waiting", "completed", "completed"]


def test_a_run_that_is_woken_while_it_decides_to_wait_does_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = saga.step("label").do

    def label(parcel: Parcel) -> None:
        try:
            original(parcel)
        finally:
            services.wake(saga, parcel)

    monkeypatch.setitem(saga.step("label").__dict__, "do", label)
    parcel = send(label=["wait_long"])
    lead()
    assert run_of(parcel).status == "completed"


# --- Deciding ------------------------------------------------------------------------------------


def stuck(**script: Any) -> Parcel:
    parcel = send(**script)
    lead_on()
    assert run_of(parcel).status == "stuck"
    return parcel


def test_retrying_makes_the_call_again() -> None:
    parcel = stuck(pay=["late_unsure"])
    services.retry(run_of(parcel).pk, **ME)
    assert run_of(parcel).code == ""
    lead()
    assert run_of(parcel).status == "completed"
    assert effects_of(parcel)["pay"] == 2
    action = run_of(parcel).actions.get()
    assert (action.verb, action.step, action.actor_name) == ("retry", "pay", "Mo")


def test_what_was_done_by_hand_is_not_done_again() -> None:
    parcel = stuck(pay=["unsure"])
    services.mark_done(run_of(parcel).pk, **ME, note="The bank says so.")
    lead()
    assert run_of(parcel).status == "completed"
    assert effects_of(parcel)["pay"] == 0
    assert run_of(parcel).outcomes.get(step="pay", result="done").error == "Marked as done by Mo."
    assert run_of(parcel).actions.get().note == "The bank says so."


def test_marking_the_last_step_as_done_completes_the_run() -> None:
    parcel = stuck(announce=["refuse"])
    services.mark_done(run_of(parcel).pk, **ME)
    lead()
    run = run_of(parcel)
    assert run.status == "completed"
    assert run.finished_at is not None


def test_a_stuck_run_can_be_undone() -> None:
    parcel = stuck(pay=["late_unsure"])
    services.compensate(run_of(parcel).pk, **ME)
    lead()
    run = run_of(parcel)
    assert (run.status, run.code) == ("compensated", "undone_by_hand")
    assert [step for step, result in journal_of(parcel) if result == "undone"] == [
        *("pay", "label", "weigh")
    ]


def test_a_waiting_run_can_be_undone() -> None:
    parcel = send(label=["wait_long"])
    lead()
    services.compensate(run_of(parcel).pk, **ME)
    lead()
    assert run_of(parcel).status == "compensated"


def test_an_undo_that_failed_can_be_retried() -> None:
    parcel = stuck(pack=["refuse"], undo_pay=["refuse"])
    services.retry(run_of(parcel).pk, **ME)
    lead()
    run = run_of(parcel)
    assert (run.status, run.code, run.reason) == ("compensated", "no_room", "There is no room.")
    assert effects_of(parcel)["undo_weigh"] == 1


def test_after_an_undo_by_hand_the_viewer_is_told_the_first_reason() -> None:
    parcel = stuck(pack=["refuse"], undo_pay=["refuse"])
    services.mark_done(run_of(parcel).pk, **ME)
    lead()
    run = run_of(parcel)
    assert (run.status, run.code) == ("compensated", "no_room")
    assert ("pay", "undone") in journal_of(parcel)
    parcel.refresh_from_db()
    assert parcel.notes == ["garnished", "There is no room."]


def test_a_stuck_run_can_be_closed_with_a_note() -> None:
    parcel = stuck(pay=["unsure"])
    with pytest.raises(NotAllowedNow, match="note"):
        services.close(run_of(parcel).pk, **ME, note=" ")
    services.close(run_of(parcel).pk, **ME, note="Settled in person.")
    run = run_of(parcel)
    assert (run.status, run.due_at) == ("closed", None)
    assert run.finished_at is not None
    assert run.actions.count() == 1


@pytest.mark.parametrize("decide", [services.retry, services.mark_done, services.compensate])
@pytest.mark.parametrize("script", [{}, {"pack": ["refuse"]}])
def test_what_is_over_is_not_decided_about(decide: Any, script: dict[str, Any]) -> None:
    parcel = send(**script)
    lead()
    before = Run.objects.values().get()
    with pytest.raises(NotAllowedNow):
        decide(run_of(parcel).pk, **ME, note="x")
    assert Run.objects.values().get() == before
    assert not run_of(parcel).actions.exists()


def test_past_the_point_of_no_return_nobody_undoes() -> None:
    parcel = stuck(announce=["refuse"])
    with pytest.raises(NotAllowedNow, match="no return"):
        services.compensate(run_of(parcel).pk, **ME)


def test_while_a_worker_is_at_a_run_nobody_decides() -> None:
    parcel = send()
    journal.claim(1)
    with pytest.raises(NotAllowedNow, match="worker"):
        services.retry(run_of(parcel).pk, **ME)


def test_what_goes_back_is_not_undone_twice() -> None:
    parcel = stuck(pack=["refuse"], undo_pay=["refuse"])
    with pytest.raises(NotAllowedNow, match="way back"):
        services.compensate(run_of(parcel).pk, **ME)


# --- Forgetting ----------------------------------------------------------------------------------


def test_what_finished_long_ago_is_forgotten_and_nothing_else() -> None:
    held, old, waiting = stuck(pay=["unsure"]), send(), send(announce=["wait_long"])
    heard, unheard = Parcel.objects.create(), Parcel.objects.create(script={"count": ["wait_long"]})
    announce(heard)
    announce(unheard)
    lead()
    Run.objects.filter(finished_at__isnull=False).update(finished_at=Now() - timedelta(days=100))
    Event.objects.update(at=timezone.now() - timedelta(days=100))

    services.prune(timezone.now() - timedelta(days=90))

    assert not Run.objects.filter(saga=saga.name, subject_id=str(old.pk)).exists()
    assert run_of(waiting).status == "waiting"
    assert run_of(held).status == "stuck"
    assert [event.key for event in Event.objects.all()] == [f"parcel {unheard.pk}"]
    let_time_pass()
    lead_on()
    assert effects_of(unheard)["count"] == 1


def test_pruning_takes_many_in_bounded_bites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "PRUNED_AT_ONCE", 2)
    for _ in range(5):
        services.start(letter, Parcel.objects.create())
    lead()
    assert services.prune(timezone.now() + timedelta(seconds=1)) == 5
    assert not Run.objects.exists()
