"""Faults on HTTP calls, and who may reach the controls."""

from __future__ import annotations

import time

import pytest
import requests

from tests.rehearsal.client import BOT, BROADCASTER, Rehearsal

MESSAGES = "/twitch/helix/chat/messages"


@pytest.fixture
def bot(rehearsal: Rehearsal) -> str:
    token: str = rehearsal.sign_in("greenroom_bot", "user:write:chat")["access_token"]
    return token


def say(rehearsal: Rehearsal, bot: str) -> requests.Response:
    body = {"broadcaster_id": BROADCASTER, "sender_id": BOT, "message": "Hi"}
    return rehearsal.helix("POST", "chat/messages", bot, json=body)


def test_a_rate_limit_says_when_to_come_back(rehearsal: Rehearsal, bot: str) -> None:
    rehearsal.control("faults", kind="429", count=1, retry_after=7)
    began = time.time()
    refused = say(rehearsal, bot)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "7"
    assert refused.headers["Ratelimit-Remaining"] == "0"
    assert began + 6 <= int(refused.headers["Ratelimit-Reset"]) <= time.time() + 8
    assert say(rehearsal, bot).ok


def test_a_server_error_has_no_effect(rehearsal: Rehearsal, bot: str) -> None:
    rehearsal.control("faults", kind="500", count=2, path=MESSAGES, method="POST")
    assert rehearsal.helix("GET", "users", bot).ok
    assert [say(rehearsal, bot).status_code for _ in range(3)] == [500, 500, 200]
    assert len(rehearsal.effects("chat_sent")) == 1


def test_a_lost_request_has_no_effect(rehearsal: Rehearsal, bot: str) -> None:
    rehearsal.control("faults", kind="drop_before", count=1)
    with pytest.raises(requests.ConnectionError):
        say(rehearsal, bot)
    assert rehearsal.effects("chat_sent") == []


def test_a_lost_answer_has_its_effect(rehearsal: Rehearsal, bot: str) -> None:
    rehearsal.control("faults", kind="drop_after", count=1, path=MESSAGES)
    with pytest.raises(requests.ConnectionError):
        say(rehearsal, bot)
    assert len(rehearsal.effects("chat_sent")) == 1
    lost = rehearsal.look("state")["calls"][0]
    assert (lost["method"], lost["path"], lost["status"]) == ("POST", MESSAGES, 0)


def test_a_delay_waits(rehearsal: Rehearsal, bot: str) -> None:
    rehearsal.control("faults", kind="delay", count=1, ms=200)
    started = time.monotonic()
    assert say(rehearsal, bot).ok
    assert time.monotonic() - started >= 0.2


def test_a_fault_may_let_some_calls_pass_first(rehearsal: Rehearsal, bot: str) -> None:
    rehearsal.control("faults", kind="500", count=1, skip=1)
    assert [say(rehearsal, bot).status_code for _ in range(3)] == [200, 500, 200]


def test_a_dropped_message_answers_200(rehearsal: Rehearsal, bot: str) -> None:
    rehearsal.control("faults", kind="chat_dropped", count=1)
    assert say(rehearsal, bot).json()["data"][0]["is_sent"] is False
    assert say(rehearsal, bot).json()["data"][0]["is_sent"] is True


def test_a_lasting_fault_stays_until_it_is_cleared(rehearsal: Rehearsal, bot: str) -> None:
    rehearsal.control("faults", kind="500")
    assert [say(rehearsal, bot).status_code for _ in range(3)] == [500] * 3
    rehearsal.http.delete(f"{rehearsal.url}/control/faults")
    assert say(rehearsal, bot).ok


def test_revoked_tokens_are_refused_everywhere(rehearsal: Rehearsal) -> None:
    tokens = rehearsal.sign_in("greenroom_bot", "user:write:chat")
    other = rehearsal.sign_in("greenroom")["access_token"]
    rehearsal.control("faults", kind="revoke_tokens", login="greenroom_bot")
    assert say(rehearsal, tokens["access_token"]).status_code == 401
    form = {"client_id": "rehearsal", "client_secret": "rehearsal-secret"}
    answer = rehearsal.oauth(
        "token", grant_type="refresh_token", refresh_token=tokens["refresh_token"], **form
    )
    assert answer.status_code == 400
    assert rehearsal.helix("GET", "users", other).ok


@pytest.mark.parametrize(
    "wish", [{"kind": "nonsense"}, {"kind": "500", "count": "x"}, {"kind": "500", "colour": "red"}]
)
def test_a_fault_that_makes_no_sense_is_refused(rehearsal: Rehearsal, wish: dict[str, str]) -> None:
    answer = rehearsal.http.post(f"{rehearsal.url}/control/faults", json=wish)
    assert answer.status_code == 400
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8001"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "[::1"},
        {"Origin": "http://[oops"},
    ],
)
def test_other_sites_may_not_touch_the_controls(
    rehearsal: Rehearsal, headers: dict[str, str]
) -> None:
    answer = rehearsal.http.post(f"{rehearsal.url}/control/reset", headers=headers)
    assert answer.status_code == 403


def test_our_own_page_may_touch_the_controls(rehearsal: Rehearsal) -> None:
    answer = rehearsal.http.post(
        f"{rehearsal.url}/control/reset", headers={"Origin": rehearsal.url}
    )
    assert answer.status_code == 200


def test_a_control_call_says_what_is_wrong(rehearsal: Rehearsal) -> None:
    for body, status in (("[", 400), ("[]", 400), ('{"viewer":"ada"}', 400)):
        answer = rehearsal.http.post(f"{rehearsal.url}/control/redeem", data=body)
        assert answer.status_code == status
        assert answer.json()["detail"]
