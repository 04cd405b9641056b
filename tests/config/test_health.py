from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pydantic import SecretStr

from config.tasks import PULSE, pulse, pulse_of_beat, pulse_of_lane
from sagas.models import Run
from studio.services import health
from tokens.models import Token
from twitch.models import MessageConflict

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def all_well() -> None:
    """Everything has just been seen."""
    cache.clear()
    pulse()
    pulse_of_lane("watcher")
    pulse_of_beat(PULSE)
    cache.set("pulse:eventsub", {"state": "connected", "ok": True, "connected_at": timezone.now()})
    connect()


def connect(**columns: object) -> None:
    Token.objects.update_or_create(
        provider="twitch",
        role="broadcaster",
        defaults={
            "access_token": SecretStr("abc"),
            "refresh_token": SecretStr("def"),
            "expires_at": timezone.now() + timedelta(hours=4),
            **columns,
        },
    )


def test_alive_needs_nothing(client: Client) -> None:
    assert client.get("/health").json() == {"status": "alive"}


def test_all_well_is_ready(client: Client) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"


@pytest.mark.parametrize("process", ["worker", "beat"])
def test_a_silent_process_makes_it_not_ready(client: Client, process: str) -> None:
    cache.set(f"pulse:{process}", datetime(2020, 1, 1, tzinfo=UTC))
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"][process]["ok"] is False


def test_a_silent_watcher_degrades_without_making_it_unready(client: Client) -> None:
    cache.delete("pulse:watcher")
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"


def test_a_lane_that_does_not_answer_is_not_asked_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(pulse_of_lane, "apply_async", lambda args, queue: asked.append(queue))
    pulse()
    pulse()
    assert asked.count("watcher") == 1
    pulse_of_lane("watcher")
    pulse()
    assert asked.count("watcher") == 2


def test_only_the_clocks_own_task_is_its_pulse(client: Client) -> None:
    cache.delete("pulse:beat")
    pulse_of_beat("sagas.advance")
    assert client.get("/health/ready").status_code == 503


def test_what_needs_a_person_degrades_without_making_it_unready(client: Client) -> None:
    Run.objects.create(
        saga="a.saga", subject_id="1", plan=["a"], status=Run.Status.STUCK, due_at=None
    )
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["checks"]["stuck_runs"]["detail"] == "1"


@pytest.mark.parametrize(
    ("columns", "state"),
    [
        ({"reconnect_needed": True}, "reconnect needed"),
        ({"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}, "expired"),
        ({"refresh_failures": 2}, "renewal fails"),
    ],
)
def test_the_state_of_each_token_is_told(
    client: Client, columns: dict[str, object], state: str
) -> None:
    connect(**columns)
    check = client.get("/health/ready").json()["checks"]["tokens"]
    assert not check["ok"]
    assert check["detail"] == f"twitch broadcaster: {state}"


def test_a_channel_that_was_never_connected_is_told(client: Client) -> None:
    Token.objects.all().delete()
    check = client.get("/health/ready").json()["checks"]["tokens"]
    assert check["detail"] == "twitch broadcaster: not connected"


def test_a_message_conflict_is_told(client: Client) -> None:
    MessageConflict.objects.create(message_id="m", type="t", digest=b"d", body={})
    assert client.get("/health/ready").json()["status"] == "degraded"


def test_a_check_that_breaks_tells_no_secret(client: Client) -> None:
    def broken() -> health.Check:
        raise RuntimeError("postgresql://greenroom:hunter2@db")

    assert health._safely(broken, required=True) == health.Check(False, "RuntimeError", True)


def test_a_database_that_is_away_is_waited_for_once() -> None:
    asked = []

    def away(_: object, sql: str, *__: object) -> None:
        asked.append(sql)
        raise OperationalError

    with connection.execute_wrapper(away):
        report = health.report()
    assert asked == ["SELECT 1"]
    assert report.status == "not_ready"
    assert report.checks["tokens"] == health.Check(False, "not known")
    assert report.checks["worker"].ok


def test_the_front_page_tells_strangers_nothing(client: Client) -> None:
    page = client.get("/").content
    assert b"How everything is" not in page
    assert b"/admin/" not in page
