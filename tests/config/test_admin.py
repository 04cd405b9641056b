from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pydantic import SecretStr

from accounts.models import User
from sagas.models import Run
from tokens.models import Token

pytestmark = pytest.mark.django_db
BADGE = "rounded-xs text-[11px]"


@pytest.fixture
def streamer(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("streamer"))
    return client


def index(streamer: Client) -> str:
    return streamer.get("/admin/").content.decode()


def test_the_first_page_shows_every_check_and_no_badge_while_nothing_waits(
    streamer: Client,
) -> None:
    html = index(streamer)
    for name in ("Database", "Redis", "Worker", "Beat", "Eventsub", "Tokens", "Stuck runs"):
        assert name in html
    assert BADGE not in html


def test_a_stuck_run_puts_a_badge_beside_the_runs(streamer: Client) -> None:
    Run.objects.create(saga="a.saga", subject_id="1", plan=["a"], status="stuck", due_at=None)
    assert f'{BADGE}">1<' in index(streamer)


def test_a_lost_connection_is_marked_on_every_page(streamer: Client) -> None:
    Token.objects.create(
        provider="twitch",
        role="bot",
        access_token=SecretStr("abc"),
        expires_at=timezone.now() + timedelta(hours=1),
        reconnect_needed=True,
    )
    assert "Reconnect needed" in streamer.get("/admin/sagas/run/").content.decode()


def test_the_clock_is_only_looked_at(streamer: Client) -> None:
    assert "sagas.sweep" in streamer.get("/admin/django_celery_beat/periodictask/").content.decode()
    assert streamer.get("/admin/django_celery_beat/periodictask/add/").status_code == 403
