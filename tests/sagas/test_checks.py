"""The system check of steps that are gone."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from sagas.checks import steps_are_there
from sagas.models import Run
from tests.sagas.driving import run_of, send

pytestmark = pytest.mark.django_db


def found() -> list[tuple[str, str]]:
    return [(str(message.id), message.msg) for message in steps_are_there(databases=["default"])]


def test_runs_whose_steps_are_all_there_are_well() -> None:
    send()
    assert found() == []


def test_a_step_that_runs_still_need_is_named() -> None:
    for _ in range(2):
        run = run_of(send())
        Run.objects.filter(pk=run.pk).update(plan=["weigh", "old", "gone"], position=2)
    assert found() == [
        (
            "sagas.E001",
            "2 unfinished runs need the step gone of sample.parcel, which the code no longer has.",
        )
    ]


def test_a_saga_that_is_gone_is_named() -> None:
    send()
    Run.objects.update(saga="sample.gone", plan=["weigh"])
    assert found() == [
        (
            "sagas.E001",
            "1 unfinished run needs the step weigh of sample.gone, which the code no longer has.",
        )
    ]


def test_a_stuck_run_only_warns() -> None:
    send()
    Run.objects.update(status="stuck", due_at=None, plan=["gone"])
    assert [number for number, _ in found()] == ["sagas.W001"]


def test_an_undo_that_is_still_to_be_done_is_needed() -> None:
    send()
    Run.objects.update(status="compensating", plan=["weigh", "gone"], undo_left=["lost", "weigh"])
    assert [message for _, message in found()] == [
        "1 unfinished run needs the step lost of sample.parcel, which the code no longer has."
    ]


def test_what_is_over_needs_nothing() -> None:
    send()
    Run.objects.update(status="completed", due_at=None, plan=["gone"])
    assert found() == []


def test_without_tables_there_is_nothing_to_say() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE sagas_run CASCADE")
    assert found() == []


def test_the_command_runs_it_when_asked_for_a_database() -> None:
    send()
    Run.objects.update(saga="sample.gone")
    with pytest.raises(SystemCheckError, match=r"sagas\.E001"):
        call_command("check", databases=["default"])
    call_command("check")
