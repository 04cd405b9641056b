"""Discord's limits, and Discord misbehaving."""

from __future__ import annotations

from math import ceil

import pytest
import requests

from tests.rehearsal.client import Rehearsal
from tests.rehearsal.test_discord_webhooks import Hook, hook, said

__all__ = ["hook"]

UNLIMITED = {"webhook_calls": 0, "channel_calls": 0, "global_calls": 0}


def test_a_bucket_tells_what_is_left_of_it(rehearsal: Rehearsal, hook: Hook) -> None:
    assert rehearsal.look("discord")["limits"]["webhook_ms"] == 2000
    rehearsal.control("discord/limits", webhook_ms=60_000)
    first, second = (hook.post(content="live").headers for _ in range(2))
    assert (first["X-RateLimit-Limit"], first["X-RateLimit-Remaining"]) == ("5", "4")
    assert second["X-RateLimit-Remaining"] == "3"
    assert second["X-RateLimit-Bucket"] == first["X-RateLimit-Bucket"]
    assert 0 < float(first["X-RateLimit-Reset-After"]) <= 60


def test_the_sixth_post_within_two_seconds_is_refused(rehearsal: Rehearsal, hook: Hook) -> None:
    rehearsal.control("discord/limits", webhook_ms=60_000)
    assert all(hook.post(content="live").ok for _ in range(5))
    refused = hook.post(content="live")
    assert refused.status_code == 429
    body = refused.json()
    assert body["message"] == "You are being rate limited."
    assert (body["global"], 50 < body["retry_after"] <= 60) == (False, True)
    assert refused.headers["Retry-After"] == str(ceil(body["retry_after"]))
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert len(rehearsal.effects("discord_posted")) == 5
    assert Hook(rehearsal).post(content="live").ok, "Buckets are per webhook."
    assert hook.call("GET").ok, "Buckets are per kind of call."


def test_a_channels_limit_is_hidden_and_shared(rehearsal: Rehearsal, hook: Hook) -> None:
    rehearsal.control("discord/limits", channel_calls=2)
    other = Hook(rehearsal)
    assert hook.post(content="live").ok
    assert other.post(content="live").headers["X-RateLimit-Remaining"] == "4"
    refused = hook.post(content="live")
    assert refused.status_code == 429
    assert refused.json()["retry_after"] > 50


def test_a_global_limit_strikes_everybody(rehearsal: Rehearsal, hook: Hook) -> None:
    rehearsal.control("discord/limits", global_calls=1, global_ms=60_000)
    assert hook.post(content="live").ok
    refused = Hook(rehearsal, count=1).post(content="live")
    assert refused.json()["global"] is True
    assert refused.headers["X-RateLimit-Scope"] == "global"
    assert refused.headers["X-RateLimit-Global"] == "true"


def test_limits_may_be_off_and_come_back_with_a_reset(rehearsal: Rehearsal, hook: Hook) -> None:
    rehearsal.control("discord/limits", **UNLIMITED)
    answers = [hook.post(content="live") for _ in range(40)]
    assert all(it.ok for it in answers)
    assert "X-RateLimit-Limit" not in answers[0].headers
    rehearsal.control("reset")
    assert rehearsal.look("discord")["limits"]["webhook_calls"] == 5


def test_a_crowd_of_webhooks_is_made_at_once(rehearsal: Rehearsal) -> None:
    crowd = rehearsal.http.post(
        f"{rehearsal.url}/control/discord/webhooks", json={"count": 100}
    ).json()["webhooks"]
    assert len({it["channel_id"] for it in crowd}) == 100
    assert rehearsal.look("discord")["webhooks_total"] == 100


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("discord_500", (500, 0)),
        ("discord_gone", (404, 10015)),
        ("discord_token", (401, 50027)),
    ],
)
def test_refusals_have_no_effect(
    rehearsal: Rehearsal, hook: Hook, kind: str, outcome: tuple[int, int]
) -> None:
    rehearsal.control("faults", kind=kind, count=1)
    assert said(hook.post(content="live")) == outcome
    assert rehearsal.effects("discord_posted") == []
    assert hook.post(content="live").ok


@pytest.mark.parametrize(("kind", "is_global"), [("discord_429", False), ("discord_429_all", True)])
def test_a_limit_says_when_to_come_back(
    rehearsal: Rehearsal, hook: Hook, kind: str, is_global: bool
) -> None:
    rehearsal.control("faults", kind=kind, count=1, retry_after=7)
    refused = hook.post(content="live")
    assert refused.headers["Retry-After"] == "7"
    body = refused.json()
    assert (body["retry_after"], body["global"]) == (7.0, is_global)


def test_the_wall_speaks_no_json(rehearsal: Rehearsal, hook: Hook) -> None:
    rehearsal.control("faults", kind="discord_wall", count=1)
    refused = hook.post(content="live")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    assert "json" not in refused.headers["Content-Type"]
    assert rehearsal.look("discord")["invalid_calls"] == 1


def test_a_502_may_come_after_the_deed(rehearsal: Rehearsal, hook: Hook) -> None:
    rehearsal.control("faults", kind="discord_502_after", count=1)
    assert hook.post(content="live").status_code == 502
    assert len(rehearsal.effects("discord_posted")) == 1


def test_a_lost_answer_has_its_effect(rehearsal: Rehearsal, hook: Hook) -> None:
    rehearsal.control("faults", kind="discord_hang_up", count=1)
    with pytest.raises(requests.ConnectionError):
        hook.post(content="live")
    assert len(rehearsal.effects("discord_posted")) == 1


def test_only_edits_miss_a_post_that_is_deleted(rehearsal: Rehearsal, hook: Hook) -> None:
    rehearsal.control("faults", kind="discord_no_message")
    id = hook.post(content="live").json()["id"]
    assert said(hook.call("PATCH", f"/messages/{id}", json={"content": "x"})) == (404, 10008)


def test_a_good_answer_may_be_text(rehearsal: Rehearsal, hook: Hook) -> None:
    rehearsal.control("faults", kind="discord_text", count=1)
    answer = hook.post(content="live")
    assert (answer.status_code, answer.text) == (200, "upstream says: OK")


@pytest.mark.parametrize(
    "slowing",
    [("faults", {"kind": "discord_slow", "ms": 60}), ("discord/limits", {"delay_ms": 60})],
)
def test_answers_may_be_slow(
    rehearsal: Rehearsal, hook: Hook, slowing: tuple[str, dict[str, object]]
) -> None:
    verb, wish = slowing
    rehearsal.control(verb, **wish)
    assert hook.post(content="live").elapsed.total_seconds() >= 0.06


def test_the_houses_own_faults_speak_as_discord_does(rehearsal: Rehearsal, hook: Hook) -> None:
    rehearsal.control("faults", kind="429", count=1, retry_after=3, path="/discord")
    assert hook.post(content="live").json()["retry_after"] == 3.0
    rehearsal.control("faults", kind="500", count=1, path="/discord")
    assert said(hook.post(content="live")) == (500, 0)
