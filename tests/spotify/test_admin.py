"""The budget and the breaker in the admin and in the API."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from spotify.models import Breaker, Call, Track
from spotify.services import budget
from tests.backstage import Backstage

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/spotify/call/"
CLOSE = f"{LIST}close-breaker/"


@pytest.fixture
def staff(admin_user: User) -> Client:
    client = Client()
    client.force_login(admin_user)
    return client


def open_breaker() -> None:
    until = timezone.now() + timedelta(hours=13)
    Breaker(open_until=until, code="quota_exhausted", reason="<b>Used up</b>").save()


def test_the_list_of_calls_begins_with_the_budget(staff: Client) -> None:
    Call.objects.create(name="GET me/player", is_urgent=False, status=200, at=timezone.now())
    page = staff.get(LIST).content.decode()
    assert "1 of 700 calls" in page
    assert "Beyond 500" in page
    assert "The breaker is closed" in page
    assert "GET me/player" in page


def test_the_breaker_is_closed_with_a_button(
    staff: Client, caplog: pytest.LogCaptureFixture
) -> None:
    open_breaker()
    page = staff.get(LIST).content.decode()
    assert "&lt;b&gt;Used up&lt;/b&gt;" in page
    assert "Close the breaker now" in page
    response = staff.post(CLOSE, follow=True)
    assert "Calls may pass again" in response.content.decode()
    assert budget.state(timezone.now()).open_until is None
    assert "breaker_closed" in caplog.text
    assert "'by': 'admin'" in caplog.text
    assert "was not open" in staff.post(CLOSE, follow=True).content.decode()


def test_the_button_needs_the_right_and_a_token() -> None:
    open_breaker()
    user = User.objects.create_user("helper", is_staff=True)
    helper = Client(enforce_csrf_checks=True)
    helper.force_login(user)
    assert helper.post(CLOSE).status_code == 403
    assert budget.state(timezone.now()).open_until


def test_tracks_are_shown(staff: Client) -> None:
    Track.objects.create(id="x" * 22, name="<i>Encore</i>", artists=["Nova"], duration_ms=185_000)
    page = staff.get("/admin/spotify/track/?q=encore").content.decode()
    assert "&lt;i&gt;Encore&lt;/i&gt; – Nova" in page
    assert "3:05" in page


def test_programs_see_the_budget(staff: Client, backstage: Backstage) -> None:
    backstage.connect_spotify()
    assert staff.get("/api/admin/spotify").json() == {
        "is_connected": True,
        "used": 0,
        "budget": 700,
        "reserve": 200,
        "may_read": True,
        "breaker": None,
        "breaker_open_until": None,
        "closed": None,
    }
    open_breaker()
    shown = staff.get("/api/admin/spotify").json()
    reason = {"code": "quota_exhausted", "detail": "<b>Used up</b>"}
    assert shown["breaker"] == shown["closed"] == reason
    assert not shown["may_read"]
    assert shown["breaker_open_until"]


def test_the_api_takes_no_query(staff: Client) -> None:
    assert staff.get("/api/admin/spotify?x=1").json()["code"] == "unknown_key"
