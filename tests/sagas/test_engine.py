"""Leading runs: order, exactness, and what goes wrong on the way forward."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery.signals import worker_shutting_down
from django.db import connection
from django.utils import timezone

from sagas import engine, journal, tasks  # noqa: F401 (the tasks hear that a worker is to end)
from sagas.flow import NO_RETURN, NotDone, Refused
from sagas.models import Run
from sagas.poke import pokes_held
from sagas.services import start
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
from tests.sagas.sample import outside
from tests.sagas.sample.models import Parcel
from tests.sagas.sample.sagas import by_sea, telegram
from tests.sagas.sample.sagas import parcel as saga
from tests.sagas.workers import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = [step for step in saga.plan if step != NO_RETURN]


def results(parcel: Parcel, step: str) -> list[str]:
    return [result for name, result in journal_of(parcel) if name == step]


def test_a_run_takes_every_step_in_order() -> None:
    parcel = send()

    lead()

    assert run_of(parcel).status == "completed"
    assert journal_of(parcel) == [(step, "done") for step in STEPS]
    assert set(effects_of(parcel).values()) == {1}
    assert marks_of(parcel) == {"weigh": 1, "garnish": 1, "pack": 1, "announce": 1}
    parcel.refresh_from_db()
    assert (parcel.weighed, parcel.paid, parcel.packed) == ("3 kg", "5", "yes")
    assert parcel.notes == ["garnished"]


def test_a_failed_try_is_tried_again_after_one_two_and_four_seconds() -> None:
    parcel = send(announce=["fail", "fail"])
    lead()
    for seconds in (1, 2):
        run = run_of(parcel)
        assert run.status == "waiting"
        assert run.due_at is not None
        pause = run.due_at - run.outcomes.latest("id").at
        assert abs(pause - timedelta(seconds=seconds)) < timedelta(milliseconds=100)
        let_time_pass()
        lead()
    assert run_of(parcel).status == "completed"
    assert results(parcel, "announce") == ["failed", "failed", "done"]
    assert marks_of(parcel)["announce"] == 1


def test_a_step_that_never_works_is_undone_and_blamed_on_nobody() -> None:
    parcel = send(label=["fail"] * 9)
    lead_on()
    run = run_of(parcel)
    assert (run.status, run.code) == ("compensated", "unavailable")
    assert results(parcel, "label") == ["failed", "failed", "failed", "undone"]
    parcel.refresh_from_db()
    assert parcel.notes == ["Something went wrong on our side."]


def test_an_error_in_a_query_is_a_failed_try_of_that_step_only() -> None:
    parcel = send(weigh=["bad_sql"], label=["bad_sql"])
    lead_on()
    assert run_of(parcel).status == "completed"
    assert results(parcel, "weigh") == ["failed", "done"]
    assert results(parcel, "label") == ["failed", "done"]
    assert marks_of(parcel)["weigh"] == 1


@pytest.mark.parametrize("step", ["weigh", "label"])
def test_a_refusal_is_final(step: str) -> None:
    parcel = send(**{step: ["refuse"]})
    lead()
    run = run_of(parcel)
    assert (run.status, run.code, run.reason) == ("compensated", "no_room", "There is no room.")
    assert results(parcel, step) == ["refused", "undone"]


def test_what_a_failed_try_set_on_the_row_is_forgotten() -> None:
    parcel = send(garnish=["late_fail"] * 3)
    lead_on()
    assert run_of(parcel).status == "completed"
    parcel.refresh_from_db()
    assert parcel.notes == []
    assert results(parcel, "garnish") == ["failed", "failed", "skipped"]


def test_a_wait_is_no_failed_try() -> None:
    parcel = send(label=["wait"] * 10)
    lead_on()
    assert run_of(parcel).status == "completed"
    assert results(parcel, "label") == [*["waiting"] * 10, "done"]


def test_a_rate_limit_is_believed_for_half_an_hour() -> None:
    parcel = send(label=["rate_limited"])
    lead()
    due_at = run_of(parcel).due_at
    assert due_at is not None
    assert timedelta(minutes=29) < due_at - timezone.now() <= timedelta(minutes=30)


def test_a_wait_is_believed_for_as_long_as_it_says() -> None:
    parcel = send(label=["wait_long"])
    lead()
    due_at = run_of(parcel).due_at
    assert due_at is not None
    assert due_at - timezone.now() > timedelta(minutes=59)


def test_a_call_that_must_not_be_repeated_is_left_to_a_person_when_its_answer_is_lost() -> None:
    parcel = send(pay=["late_unsure"])
    lead_on()
    run = run_of(parcel)
    assert (run.status, run.code, run.next_step) == ("stuck", "unsure", "pay")
    assert run.due_at is None
    effects = effects_of(parcel)
    assert effects["pay"] == 1
    assert not {name for name in effects if name.startswith("undo")}


def test_an_error_that_nobody_foresaw_leaves_open_what_became_of_a_call() -> None:
    parcel = send(pay=["late_bug"])
    lead_on()
    assert (run_of(parcel).status, run_of(parcel).code) == ("stuck", "unsure")
    assert effects_of(parcel)["pay"] == 1


def test_a_call_that_surely_had_no_effect_is_tried_again() -> None:
    parcel = send(pay=["not_done", "not_done"])
    lead_on()
    assert run_of(parcel).status == "completed"
    assert results(parcel, "pay") == ["failed", "failed", "done"]
    assert effects_of(parcel)["pay"] == 1


def test_a_lost_answer_is_looked_up_where_that_is_possible() -> None:
    parcel = send(telegram, wire=["late_unsure"])
    lead_on()
    parcel.refresh_from_db()
    assert (run_of(parcel).status, parcel.paid) == ("completed", "found")
    assert results(parcel, "wire") == ["done"]
    assert (effects_of(parcel)["wire"], effects_of(parcel)["look"]) == (1, 1)


def test_a_call_that_was_looked_up_and_had_no_effect_is_tried_again() -> None:
    parcel = send(telegram, wire=["unsure", "bug"])
    lead_on()
    parcel.refresh_from_db()
    assert (run_of(parcel).status, parcel.paid) == ("completed", "believed")
    assert results(parcel, "wire") == ["failed", "failed", "done"]
    assert effects_of(parcel)["wire"] == 1


def test_a_call_that_never_had_an_effect_is_undone_when_its_tries_are_used_up() -> None:
    parcel = send(telegram, wire=["unsure"] * 9)
    lead_on()
    assert run_of(parcel).status == "compensated"
    assert "wire" not in effects_of(parcel)


def test_a_look_that_has_to_wait_is_taken_later_and_the_call_not_made_again() -> None:
    parcel = send(telegram, wire=["late_unsure"], look=["rate_limited", "rate_limited"])
    lead()
    assert (run_of(parcel).status, run_of(parcel).begun) == ("waiting", True)
    lead_on()
    assert run_of(parcel).status == "completed"
    assert results(parcel, "wire") == ["waiting", "waiting", "done"]
    assert effects_of(parcel)["wire"] == 1


@pytest.mark.parametrize("script", [{"blind": []}, {"look": ["fail"]}])
def test_a_look_that_cannot_tell_leaves_it_to_a_person(script: dict[str, list[str]]) -> None:
    parcel = send(telegram, wire=["late_unsure"], **script)
    lead_on()
    assert (run_of(parcel).status, run_of(parcel).code) == ("stuck", "unsure")
    assert effects_of(parcel)["wire"] == 1


@pytest.mark.parametrize("had_effect", [True, False])
def test_a_call_whose_worker_was_lost_is_looked_up(had_effect: bool) -> None:
    parcel = send(telegram)
    if had_effect:
        outside.happen(parcel.pk, "wire")
    Run.objects.filter(pk=run_of(parcel).pk).update(position=1, begun=True)
    lead_on()
    assert run_of(parcel).status == "completed"
    assert effects_of(parcel)["wire"] == 1


def test_a_failure_may_say_what_the_way_back_is_taken_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NotDone, "refusal", Refused("closed", "The post office is closed."))
    parcel = send(pay=["not_done"] * 9)
    lead_on()
    assert (run_of(parcel).status, run_of(parcel).code) == ("compensated", "closed")
    parcel.refresh_from_db()
    assert parcel.notes[-1] == "The post office is closed."


def test_a_call_that_may_be_skipped_is_skipped_when_its_answer_is_lost() -> None:
    parcel = send(hint=["late_unsure"])
    lead()
    assert run_of(parcel).status == "completed"
    assert results(parcel, "hint") == ["unsure"]
    assert effects_of(parcel)["hint"] == 1


def test_a_call_that_may_be_repeated_is_repeated_but_never_undone_on_a_guess() -> None:
    parcel = send(label=["late_unsure"] * 3)
    lead_on()
    run = run_of(parcel)
    assert (run.status, run.code) == ("stuck", "unsure")
    assert effects_of(parcel)["label"] == 3


def test_past_the_point_of_no_return_nothing_is_undone() -> None:
    parcel = send(announce=["refuse"])
    lead()
    run = run_of(parcel)
    assert (run.status, run.code) == ("stuck", "past_return")
    assert not {name for name in effects_of(parcel) if name.startswith("undo")}


def test_a_commit_that_fails_is_a_failed_try_with_its_pause() -> None:
    began = timezone.now()
    parcel = send(weigh=["orphan"])
    lead()
    run = run_of(parcel)
    assert (run.status, run.position, run.owner) == ("waiting", 0, "")
    assert run.due_at is not None
    assert run.due_at - began >= timedelta(seconds=0.9)
    assert results(parcel, "weigh") == ["failed"]
    assert "weigh" not in marks_of(parcel)
    let_time_pass()
    lead()
    assert run_of(parcel).status == "completed"
    assert marks_of(parcel)["weigh"] == 1


@pytest.mark.parametrize("word", ["sleep", "sleep_in_database"])
def test_what_takes_too_long_is_interrupted(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    for step in ("weigh", "label", "pay"):
        monkeypatch.setitem(saga.step(step).__dict__, "timeout", 1.0)
    parcel = send(weigh=[word], label=[word], pay=["late_" + word])
    lead_on()
    run = run_of(parcel)
    assert results(parcel, "weigh") == ["failed", "done"]
    assert results(parcel, "label") == ["failed", "done"]
    assert marks_of(parcel)["weigh"] == 1
    assert (run.status, run.code) == ("stuck", "unsure"), "what was interrupted may have worked"

    def nobody_sleeps() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                " AND query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid()"
            )
            return bool(cursor.fetchone() == (0,))

    wait_for(nobody_sleeps, "an interrupted query to be ended at the server", seconds=10)


def test_a_connection_that_is_cut_loses_and_doubles_nothing() -> None:
    every = {step: ["late_cut"] for step in STEPS}
    parcel = send(**every)
    lead_on()
    assert run_of(parcel).status == "completed"
    assert [step for step, result in journal_of(parcel) if result == "done"] == STEPS
    assert set(marks_of(parcel).values()) == {1}
    effects = effects_of(parcel)
    assert effects["pay"] == effects["hint"] == 1, "what became of a call outlives the connection"


def test_a_started_run_is_led_by_the_worker_that_started_it() -> None:
    first = send()
    second = Parcel.objects.create()
    original = saga.step("pack").do

    def pack_and_send(parcel: Parcel) -> None:
        original(parcel)
        if parcel.pk == first.pk:
            start(saga, second)

    step = saga.step("pack")
    object.__setattr__(step, "do", pack_and_send)
    try:
        lead()
    finally:
        object.__setattr__(step, "do", original)
    assert run_of(second).status == "completed"


def test_a_row_that_is_gone_leaves_its_run_to_a_person() -> None:
    parcel = send()
    Parcel.objects.all().delete()
    lead()
    run = run_of(parcel)
    assert (run.status, run.code) == ("stuck", "no_subject")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"plan": ["weigh", "gone"], "position": 1}, "no_such_step"),
        ({"saga": "sample.gone"}, "no_such_saga"),
    ],
)
def test_code_that_is_gone_leaves_its_runs_to_a_person(change: dict, code: str) -> None:
    parcel = send()
    Run.objects.update(**change)
    lead()
    run = run_of(parcel)
    assert (run.status, run.code) == ("stuck", code)


def test_a_run_that_cannot_even_be_read_is_shown_to_a_person_and_holds_up_no_other() -> None:
    poison, other = send(), send()
    Run.objects.filter(subject_id=str(poison.pk)).update(subject_id="no number")
    lead_on()
    run = Run.objects.get(subject_id="no number")
    assert (run.status, run.code) == ("stuck", "not_led")
    assert run_of(other).status == "completed"


def test_a_worker_that_lost_its_lease_writes_nothing() -> None:
    parcel = send()
    (run,), _ = journal.claim(1)
    Run.objects.update(owner="somebody else")
    engine.lead(run)
    assert journal_of(parcel) == []
    assert marks_of(parcel) == {}
    parcel.refresh_from_db()
    assert parcel.weighed == ""


def test_a_step_with_a_long_timeout_is_covered_by_the_lease(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(saga.step("label").__dict__, "timeout", 500.0)
    seen = []

    def look(parcel: Parcel) -> None:
        seen.append(run_of(parcel).due_at)

    monkeypatch.setitem(saga.step("label").__dict__, "do", look)
    monkeypatch.setattr(look, "__name__", "label")
    send()
    lead()
    assert seen[0] - timezone.now() > timedelta(seconds=500)


def test_quick_runs_are_claimed_together_and_slow_ones_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes = []
    original = journal.claim

    def claim(limit: int, lane: str) -> object:
        sizes.append(limit)
        return original(limit, lane)

    monkeypatch.setattr(journal, "claim", claim)
    monkeypatch.setattr(engine, "_at_once", 1)
    monkeypatch.setattr(engine, "QUICK", 10.0)
    for _ in range(40):
        send()
    lead()
    assert sizes[:5] == [1, 2, 4, 8, 16]
    monkeypatch.setattr(engine, "QUICK", 0.0)
    sizes.clear()
    for _ in range(5):
        send()
    lead()
    assert sizes[1:] == [1] * (len(sizes) - 1)


def test_another_is_woken_when_there_is_more_than_one_takes() -> None:
    for _ in range(3):
        send()
    engine._at_once = 1
    woken = []
    with pokes_held():
        engine.work(30, lambda: woken.append(True))
    assert woken


def test_who_has_worked_long_enough_hands_over() -> None:
    for _ in range(3):
        send()
    with pokes_held():
        assert engine.work(0.0, lambda: None) is True
        assert engine.work(30.0, lambda: None) is False


def test_a_worker_that_is_to_end_takes_no_more_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_is_stopping", type(engine._is_stopping)())
    parcels = [send() for _ in range(3)]
    worker_shutting_down.send(sender=None)
    with pokes_held():
        assert engine.work(30.0, lambda: None) is True
    assert {run_of(parcel).position for parcel in parcels} == {0}
    assert not Run.objects.exclude(owner="").exists()


# --- Rows that are deleted ----------------------------------------------------------------------


def test_a_run_ends_with_its_row_if_that_may_vanish() -> None:
    parcel = send(by_sea, label=["wait"])
    lead("slow")
    run = run_of(parcel)
    parcel.delete()
    let_time_pass()
    lead("slow")
    run.refresh_from_db()
    assert (run.status, run.code) == ("closed", "no_subject")


@pytest.mark.parametrize("ending", ["ok", "late_unsure"])
def test_a_row_that_vanishes_during_a_call_needs_nobody(
    monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    step = by_sea.step("label")
    original = step.do

    def label(parcel: Parcel) -> None:
        Parcel.objects.filter(pk=parcel.pk).delete()
        original(parcel)

    monkeypatch.setitem(step.__dict__, "do", label)
    parcel = send(by_sea, label=[ending])
    run = run_of(parcel)
    lead("slow")
    let_time_pass()
    lead("slow")
    run.refresh_from_db()
    assert (run.status, run.code) == ("closed", "no_subject")
