"""The way back: every undo, none a hostage of another, and the telling."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from sagas import back
from sagas.models import Run
from tests.sagas.driving import effects_of, journal_of, lead, lead_on, let_time_pass, run_of, send
from tests.sagas.sample.models import Parcel

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = {"pack": ["refuse"]}


def undone(parcel: Parcel) -> list[str]:
    return [step for step, result in journal_of(parcel) if result == "undone"]


def test_undos_are_done_last_first_with_that_of_the_step_that_failed() -> None:
    parcel = send(**REFUSED)
    lead()
    run = run_of(parcel)
    assert (run.status, run.code, run.reason) == ("compensated", "no_room", "There is no room.")
    assert undone(parcel) == ["pack", "pay", "label", "weigh"]
    assert effects_of(parcel)["apologise"] == 1
    parcel.refresh_from_db()
    assert parcel.paid == "back"
    assert parcel.notes == ["garnished", "There is no room."]


def test_an_undo_that_fails_holds_up_no_other_and_is_tried_again() -> None:
    parcel = send(**REFUSED, undo_label=["fail", "fail"])
    lead()
    run = run_of(parcel)
    assert run.status == "compensating"
    assert run.undo_left == ["label"]
    assert undone(parcel) == ["pack", "pay", "weigh"]
    assert effects_of(parcel)["apologise"] == 0
    lead_on()
    assert run_of(parcel).status == "compensated"
    assert undone(parcel) == ["pack", "pay", "weigh", "label"]
    assert effects_of(parcel)["apologise"] == 1


def test_an_undo_that_waits_for_long_holds_up_no_other_that_failed() -> None:
    parcel = send(**REFUSED, undo_label=["wait_long"], undo_weigh=["fail"])
    lead()
    run = run_of(parcel)
    assert run.undo_left == ["label", "weigh"]
    assert run.due_at is not None
    assert run.due_at - timezone.now() < timedelta(seconds=2)
    run.undo_pauses["weigh"]["until"] = "2020-01-01T00:00:00+00:00"
    run.due_at = timezone.now()
    run.save()
    lead()
    assert undone(parcel) == ["pack", "pay", "weigh"]
    assert run_of(parcel).undo_left == ["label"]
    assert effects_of(parcel)["undo_label"] == 0


def test_an_undo_that_always_fails_is_given_up_and_shown_while_the_rest_is_undone() -> None:
    parcel = send(**REFUSED, undo_label=["fail"], for_ever=True)
    lead_on()
    run = run_of(parcel)
    assert (run.status, run.code, run.reason) == ("stuck", "undo_failed", "Not undone: label.")
    assert (run.refusal_code, run.refusal) == ("no_room", "There is no room.")
    assert run.undo_failed == ["label"]
    assert undone(parcel) == ["pack", "pay", "weigh"]
    assert journal_of(parcel).count(("label", "failed")) == back.UNDO_TRIES
    assert effects_of(parcel)["apologise"] == 0


def test_an_undo_that_is_refused_is_given_up_at_once() -> None:
    parcel = send(**REFUSED, undo_pay=["refuse"])
    lead()
    run = run_of(parcel)
    assert (run.status, run.undo_failed) == ("stuck", ["pay"])
    assert undone(parcel) == ["pack", "label", "weigh"]


def test_a_rate_limit_of_an_undo_is_no_failed_try() -> None:
    parcel = send(**REFUSED, undo_weigh=["rate_limited"] * 3)
    for _ in range(3):
        lead()
        run = run_of(parcel)
        assert run.undo_pauses["weigh"]["tries"] == 0
        let_time_pass()
    lead()
    assert run_of(parcel).status == "compensated"


def test_what_is_told_is_told_once_even_if_it_fails() -> None:
    parcel = send(**REFUSED, apologise=["late_fail"])
    lead_on()
    assert run_of(parcel).status == "compensated"
    assert effects_of(parcel)["apologise"] == 1
    assert journal_of(parcel)[-1] == ("apologise", "skipped")


def test_what_is_told_waits_when_it_is_asked_to() -> None:
    parcel = send(**REFUSED, apologise=["wait"])
    lead_on()
    assert effects_of(parcel)["apologise"] == 1
    assert journal_of(parcel)[-2:] == [("apologise", "waiting"), ("apologise", "done")]


def test_an_undo_whose_step_is_gone_is_recorded() -> None:
    parcel = send(**REFUSED, undo_label=["fail"])
    lead()
    Run.objects.update(undo_left=["label", "gone"])
    let_time_pass()
    lead()
    run = run_of(parcel)
    assert (run.status, run.undo_failed) == ("stuck", ["gone"])
