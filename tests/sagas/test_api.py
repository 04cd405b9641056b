from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from sagas.models import Action, Run

pytestmark = pytest.mark.django_db
RUNS = "/api/admin/runs"


@pytest.fixture
def staff(client: Client) -> Client:
    mo = User.objects.create_user("mo", is_staff=True)
    mo.user_permissions.add(Permission.objects.get(codename="change_run"))
    client.force_login(mo)
    return client


def make(status: str = "stuck", **columns: Any) -> Run:
    number = Run.objects.count()
    defaults = {"saga": "raffle.keyboard_raffle", "plan": ["accept", "fulfil"], "position": 1}
    if status in ("stuck", "completed", "compensated", "closed"):
        defaults["due_at"] = None
    return Run.objects.create(status=status, subject_id=str(number), **{**defaults, **columns})


def test_runs_are_filtered_and_paged(staff: Client) -> None:
    stuck = [make().pk for _ in range(3)]
    make("completed")
    page = staff.get(f"{RUNS}?status=stuck&limit=2").json()
    rest = staff.get(page["next"]).json()
    assert [row["id"] for row in page["results"] + rest["results"]] == stuck[::-1]


@pytest.mark.parametrize(
    ("query", "code"),
    [("status=done", "invalid_choice"), ("state=stuck", "unknown_key"), ("limit=0", "min_value")],
)
def test_a_senseless_filter_is_refused(staff: Client, query: str, code: str) -> None:
    answer = staff.get(f"{RUNS}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_run_shows_its_outcomes_and_decisions(staff: Client) -> None:
    run = make()
    staff.post(f"{RUNS}/{run.pk}/close", {"note": "Refunded by hand."}, "application/json")
    shown = staff.get(f"{RUNS}/{run.pk}").json()
    assert shown["status"] == "closed"
    assert [(row["verb"], row["actor_name"], row["note"]) for row in shown["actions"]] == [
        ("close", "mo", "Refunded by hand.")
    ]


def test_the_admin_key_decides_under_its_own_name(client: Client, settings: LazySettings) -> None:
    settings.ADMIN_KEY = "open sesame"
    run = make()
    answer = client.post(
        f"{RUNS}/{run.pk}/retry",
        content_type="application/json",
        headers={"X-Admin-Key": "open sesame"},
    )
    assert answer.status_code == 200
    assert answer.json()["status"] == "running"
    assert Action.objects.get().actor_name == "admin key"


@pytest.mark.parametrize(
    ("status", "decision"),
    [
        ("completed", "retry"),
        ("completed", "compensate"),
        ("running", "mark-done"),
        ("waiting", "close"),
    ],
)
def test_what_cannot_be_done_now_is_refused_and_changes_nothing(
    staff: Client, status: str, decision: str
) -> None:
    run = make(status)
    answer = staff.post(f"{RUNS}/{run.pk}/{decision}", {"note": "x"}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_now")
    assert Run.objects.get(pk=run.pk).status == status
    assert not Action.objects.exists()


def test_a_run_is_not_closed_without_a_reason(staff: Client) -> None:
    run = make()
    answer = staff.post(f"{RUNS}/{run.pk}/close", {"note": " "}, "application/json")
    assert answer.status_code == 409
    assert "note" in answer.json()["detail"]


def test_a_misspelled_note_decides_nothing(staff: Client) -> None:
    run = make()
    answer = staff.post(f"{RUNS}/{run.pk}/close", {"notes": "Done."}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_field")
    assert not Action.objects.exists()


def test_an_unknown_run_is_not_found(staff: Client) -> None:
    assert staff.get(f"{RUNS}/12345").status_code == 404
    assert staff.post(f"{RUNS}/12345/retry", {}, "application/json").status_code == 404
