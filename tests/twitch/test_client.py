"""One request to Twitch, and everything that can become of it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.conf import LazySettings
from pydantic import SecretStr, ValidationError

from sagas.flow import RateLimited, Unsure
from tests.backstage import Backstage
from tokens.models import Token
from tokens.registry import GrantFailed, GrantRefused
from tokens.services import MissingScope, ReconnectNeeded
from twitch.client import errors, helix, http
from twitch.client.errors import (
    Conflict,
    Forbidden,
    HelixError,
    NotFound,
    Unauthorized,
    Unreachable,
)
from twitch.client.oauth import TwitchOAuth
from twitch.client.payloads import RedemptionPayload, RewardPayload, TokenPayload

REDEMPTION = {
    "id": "r1",
    "user_id": "7",
    "user_login": "mo",
    "user_name": "Mo",
    "user_input": "",
    "status": "unfulfilled",
    "redeemed_at": "2026-11-21T12:00:00.123456789Z",
    "reward": {"id": "w1", "title": "Raffle", "cost": 500, "prompt": ""},
}


@contextmanager
def server(
    status: int = 200, body: bytes = b"{}", headers: dict[str, str] | None = None
) -> Iterator[tuple[str, list[str]]]:
    """Answer everything alike; yields the address and the requests that came."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(f"{self.command} {self.path} {self.headers.get('Cookie', '')}".strip())
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if status == 0:
                self.connection.close()
                return
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PATCH = do_GET  # noqa: N815 (the names that the server looks for)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as listener:
        thread = Thread(target=listener.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.server_port}", seen
        finally:
            listener.shutdown()
            thread.join()


def test_an_answer_comes_back_with_its_status() -> None:
    with server(404, b'{"message": "no such thing"}') as (url, _):
        answer = http.send("GET", url, has_effect=False)
    assert (answer.status, answer.message) == (404, "no such thing")


def test_nobody_there_is_unreachable_even_for_a_request_with_an_effect() -> None:
    with server() as (url, _):
        pass
    with pytest.raises(Unreachable):
        http.send("POST", url, has_effect=True)


@pytest.mark.parametrize("status", [0, 500, 502, 503])
def test_a_lost_answer_is_unsure_only_where_there_is_an_effect(status: int) -> None:
    with server(status) as (url, seen):
        with pytest.raises(Unsure):
            http.send("POST", url, has_effect=True)
        with pytest.raises(Unreachable):
            http.send("GET", url, has_effect=False)
        assert len(seen) == 2, "nothing is repeated"


def test_an_answer_that_is_late_is_lost() -> None:
    with server() as (url, _):
        http.send("GET", url, has_effect=False)
    with listening() as url, pytest.raises(Unsure):
        http.send("POST", url, has_effect=True, read_timeout=0.1)


@contextmanager
def listening() -> Iterator[str]:
    """Accept connections and never answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def wait_after(headers: dict[str, str]) -> float:
    with server(429, headers=headers) as (url, _), pytest.raises(RateLimited) as caught:
        http.send("POST", url, has_effect=True)
    return (caught.value.until - datetime.now(UTC)).total_seconds()


def test_a_rate_limit_says_when_to_come_back() -> None:
    reset = str(int((datetime.now(UTC) + timedelta(seconds=20)).timestamp()))
    assert wait_after({"Retry-After": "12"}) == pytest.approx(12, abs=5)
    assert wait_after({"Ratelimit-Remaining": "0", "Ratelimit-Reset": reset}) == pytest.approx(
        20, abs=5
    )


def test_no_header_makes_a_refund_wait_for_years() -> None:
    never = {"Ratelimit-Remaining": "0", "Ratelimit-Reset": "999999999999"}
    for headers in ({"Retry-After": "999999999"}, never):
        assert wait_after(headers) == pytest.approx(3600, abs=30)


def test_an_endpoints_own_limit_is_not_the_buckets() -> None:
    reset = str(int((datetime.now(UTC) + timedelta(seconds=50)).timestamp()))
    for headers in (
        {"Ratelimit-Remaining": "700", "Ratelimit-Reset": reset},
        {"Retry-After": "soon"},
        {},
    ):
        assert wait_after(headers) == pytest.approx(5, abs=4)


def test_no_redirect_is_followed_and_no_cookie_kept() -> None:
    headers = {"Location": "/elsewhere", "Set-Cookie": "a=b"}
    with server(302, headers=headers) as (url, seen):
        assert http.send("GET", f"{url}/here", has_effect=False).status == 302
        http.send("GET", f"{url}/here", has_effect=False)
    assert seen == ["GET /here", "GET /here"]


def test_an_answer_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 1000)
    with server(body=b'"' + b"x" * 2000 + b'"') as (url, _), pytest.raises(Unreachable):
        http.send("GET", url, has_effect=False)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'"x"', b"\xff"])
def test_a_success_that_cannot_be_read_is_no_answer(body: bytes) -> None:
    with server(body=body) as (url, _):
        with pytest.raises(Unreachable):
            http.send("GET", url, has_effect=False)
        with pytest.raises(Unsure):
            http.send("POST", url, has_effect=True)


def test_an_error_that_cannot_be_read_is_still_an_error() -> None:
    with server(400, body=b"<html>") as (url, _):
        assert http.send("POST", url, has_effect=True).status == 400


def test_neither_queries_nor_headers_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with server(400) as (url, _):
        http.send(
            "GET",
            f"{url}/path",
            headers={"Authorization": "Bearer sesame"},
            params={"code": "sesame"},
            has_effect=False,
        )
    assert "/path" in caplog.text
    assert "sesame" not in caplog.text


def test_a_forked_worker_has_a_session_of_its_own() -> None:
    assert http._session(os.getpid()) is http._session(os.getpid())
    first = http._session(1)
    assert first is not http._session(2)


# --- What answers hold -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelled", "status"),
    [
        ("unfulfilled", "UNFULFILLED"),
        ("FULFILLED", "FULFILLED"),
        ("canceled", "CANCELED"),
        ("cancelled", "CANCELED"),
        ("something new", "UNKNOWN"),
    ],
)
def test_statuses_are_spelled_one_way(spelled: str, status: str) -> None:
    assert RedemptionPayload.model_validate({**REDEMPTION, "status": spelled}).status == status


def test_nanoseconds_and_nul_are_borne() -> None:
    told = RedemptionPayload.model_validate({**REDEMPTION, "user_input": "a\0b"})
    assert told.redeemed_at == datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
    assert told.user_input == "ab"


def test_a_limit_that_is_switched_off_is_zero() -> None:
    told = RewardPayload.model_validate(
        {
            "id": "w1",
            "title": "Raffle",
            "cost": 5,
            "max_per_stream_setting": {"is_enabled": False, "max_per_stream": 3},
            "global_cooldown_setting": {"is_enabled": True, "global_cooldown_seconds": 60},
        }
    )
    assert (told.max_per_stream, told.global_cooldown_seconds) == (0, 60)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": "", "expires_in": 1},
        {"access_token": 7, "expires_in": 1},
        {"access_token": "sesame", "expires_in": "soon"},
        {"access_token": "sesame", "expires_in": -1},
        {"access_token": "sesame", "expires_in": 10**9},
        {"access_token": "sesame", "expires_in": 1, "refresh_token": ["sesame"]},
        {"access_token": "sesame", "expires_in": 1, "scope": 7},
    ],
)
def test_malformed_tokens_are_not_taken_and_not_shown(answer: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        TokenPayload.model_validate(json.loads(json.dumps(answer)))
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "error"), [(401, GrantRefused), (403, GrantFailed), (404, GrantFailed)]
)
def test_a_refresh_that_is_unauthorized_means_that_the_consent_is_gone(
    settings: LazySettings, status: int, error: type[Exception]
) -> None:
    with server(status, b'{"message": "no"}') as (url, _):
        settings.TWITCH_AUTH_URL = url
        with pytest.raises(error):
            TwitchOAuth().refresh(SecretStr("refresh"))
        with pytest.raises(GrantFailed):
            TwitchOAuth().app_grant()


# --- Helix -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
class TestHelix:
    def test_a_refused_token_is_renewed_once_and_the_call_repeated(
        self, backstage: Backstage
    ) -> None:
        backstage.connect()
        Token.objects.update(access_token=SecretStr("stale"))
        assert helix.rewards("1000") == []
        assert backstage.calls("oauth2/token") == 1
        assert backstage.calls(helix.REWARDS) == 2
        assert Token.objects.get().access_token != SecretStr("stale")

    def test_a_lost_consent_is_told(self, backstage: Backstage) -> None:
        backstage.connect()
        backstage.breaks("revoke_tokens")
        with pytest.raises(ReconnectNeeded):
            helix.rewards("1000")
        assert backstage.calls(helix.REWARDS) == 1

    def test_a_permission_that_we_know_to_lack_is_not_tried(self, backstage: Backstage) -> None:
        backstage.connect(without="channel:manage:redemptions")
        with pytest.raises(MissingScope, match="channel:manage:redemptions"):
            helix.rewards("1000")
        assert backstage.calls(helix.REWARDS) == 0

    def test_a_permission_that_twitch_misses_is_no_reason_to_renew(
        self, backstage: Backstage
    ) -> None:
        backstage.connect(without="channel:manage:redemptions")
        Token.objects.update(scopes=["channel:manage:redemptions"])
        with pytest.raises(Unauthorized):
            helix.create_reward("1000", {"title": "x", "cost": 1})
        assert backstage.calls("oauth2/token") == 0

    def test_errors_have_types(self, backstage: Backstage) -> None:
        backstage.connect()
        foreign = backstage.control("reward", title="Hydrate", cost=50)
        with pytest.raises(Forbidden):
            helix.update_reward("1000", foreign["id"], {"cost": 1})
        with pytest.raises(NotFound):
            helix.update_reward("1000", "nothing", {"cost": 1})
        with pytest.raises(HelixError) as caught:
            helix.create_reward("1000", {"title": "x", "cost": 0})
        assert caught.value.status == 400

    def test_a_conflict_has_a_type(self) -> None:
        assert isinstance(errors.of(409, "exists"), Conflict)
        assert type(errors.of(418, "teapot")) is HelixError

    def test_every_page_of_open_redemptions_is_read(self, backstage: Backstage) -> None:
        backstage.connect()
        reward = helix.create_reward("1000", {"title": "Raffle", "cost": 1})
        backstage.control("viewer", login="mo", points=1000)
        made = backstage.control("redeem", reward="Raffle", viewer="mo", times=120)["redemptions"]
        listed = [row["id"] for row in helix.open_redemptions("1000", reward.id)]
        assert listed == made
        found = helix.redemptions("1000", reward.id, [*made, "unknown"])
        assert {row.id for row in found} == set(made)
