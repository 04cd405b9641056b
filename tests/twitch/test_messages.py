"""From a stored message to its work: begun once, handled once, and never lost in silence."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import structlog
from django.utils import timezone
from structlog.testing import capture_logs

from sagas import forward
from sagas.models import Run
from tests.backstage import at_once
from tests.twitch.deliveries import message
from twitch import tasks
from twitch.models import Message, Redemption, Subscription
from twitch.services import messages

REDEMPTION = "channel.channel_points_custom_reward_redemption.add"

pytestmark = pytest.mark.django_db(transaction=True)


def stored(type_: str = "channel.unban", kind: str = "notification", **event: Any) -> Message:
    body = json.dumps(message(type_, **event))
    now = timezone.now()
    return Message.objects.create(
        message_id=str(uuid4()),
        kind=kind,
        type=type_,
        version="1",
        transport="websocket",
        sent_at=now,
        digest=b"",
        body=body,
        received_at=now,
    )


def redemption(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "user_id": "1002",
        "user_login": "mo",
        "user_name": "Mo",
        "user_input": "",
        "status": "unfulfilled",
        "redeemed_at": "2026-11-21T10:00:00.123456789Z",
        "reward": {"id": "r-1", "title": "Wave", "cost": 5, "prompt": ""},
        **changes,
    }


def run_of(message: Message) -> Run:
    return Run.objects.get(saga="twitch.eventsub_message", subject_id=str(message.pk))


def test_a_message_is_begun_and_handled_once() -> None:
    rows = [stored(REDEMPTION, **redemption()) for _ in range(3)]
    assert at_once(4, tasks.begin_messages) == [None] * 4
    tasks.begin_messages()
    assert Redemption.objects.count() == 3
    for row in rows:
        row.refresh_from_db()
        assert row.begun_at is not None
        assert row.handled_at is not None
        assert run_of(row).status == "completed"
        assert [outcome.result for outcome in run_of(row).outcomes.all()] == ["done"]


def test_more_messages_than_fit_into_one_statement_are_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(messages, "MOST_AT_ONCE", 2)
    rows = [stored() for _ in range(5)]
    tasks.begin_messages()
    assert Message.objects.exclude(handled_at=None).count() == len(rows)


def test_the_same_redemption_in_two_messages_is_one() -> None:
    event = redemption()
    stored(REDEMPTION, **event)
    stored(REDEMPTION, **event)
    tasks.begin_messages()
    assert Redemption.objects.get().pk == event["id"]
    assert Message.objects.filter(handled_at=None).count() == 0


def test_an_update_is_mirrored_whatever_comes_first() -> None:
    event = redemption()
    stored(REDEMPTION.replace(".add", ".update"), **{**event, "status": "canceled"})
    stored(REDEMPTION, **event)
    tasks.begin_messages()
    assert Redemption.objects.get().status == Redemption.Status.CANCELED


def test_what_a_column_cannot_hold_is_replaced() -> None:
    stored(REDEMPTION, **redemption(user_input="a\0b\ud800c"))
    tasks.begin_messages()
    assert "\0" not in Redemption.objects.get().user_input


def test_a_type_without_a_handler_is_done_with() -> None:
    row = stored("channel.brand_new")
    tasks.begin_messages()
    assert run_of(row).status == "completed"


def test_a_message_that_cannot_be_handled_is_stuck_and_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forward, "backoff", lambda *_: 0.0)
    row = stored(REDEMPTION, **redemption(user_id=None))
    tasks.begin_messages()
    run = run_of(row)
    assert (run.status, run.code) == ("stuck", "failed")
    assert "user_id" in run.reason
    assert messages.prune(timezone.now() + timedelta(days=1)) == 0


def test_its_lines_in_the_log_and_its_runs_carry_the_message_id() -> None:
    row = stored(REDEMPTION, **redemption())
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        tasks.begin_messages()
    told = next(line for line in lines if line["event"] == "redemption.not_begun")
    assert told["message_id"] == row.message_id


def test_a_revocation_is_noted_and_alarms() -> None:
    row = stored("stream.online", "revocation")
    body = row.payload
    body["subscription"]["status"] = "a_brand_new_reason"
    Message.objects.filter(pk=row.pk).update(body=json.dumps(body))
    with capture_logs() as lines:
        tasks.begin_messages()
    subscription = Subscription.objects.get()
    assert subscription.revoked_at is not None
    assert not subscription.is_working
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["eventsub.revoked"]


def test_only_what_is_done_with_and_old_is_forgotten() -> None:
    done, new = stored(), stored()
    tasks.begin_messages()
    Message.objects.filter(pk=new.pk).update(handled_at=None)
    assert messages.prune(timezone.now() - timedelta(hours=1)) == 0
    assert messages.prune(timezone.now() + timedelta(hours=1)) == 1
    assert not Message.objects.filter(pk=done.pk).exists()
