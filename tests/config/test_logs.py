from __future__ import annotations

import ast
import json
import logging
from pathlib import Path

import pytest
import structlog
from django.test import Client

from config import logs


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("Authorization: Bearer abc123def", "abc123def"),
        ("Authorization: OAuth abc123def", "abc123def"),
        ("GET /callback?code=abc123def&state=x", "abc123def"),
        ("/overlay/?token=abc123def", "abc123def"),
        ("Forbidden (CSRF token missing.): /sign-in/abc123def/", "abc123def"),
        ("client_secret=abc123def&grant_type=refresh_token", "abc123def"),
        ("{'refresh_token': 'abc123def'}", "abc123def"),
        ('{"access_token":"abc123def"}', "abc123def"),
        ("signature sha256=abc123def", "abc123def"),
        ("postgresql://greenroom:abc123def@db/greenroom", "abc123def"),
        ("redis://:abc123def@127.0.0.1:6379/0", "abc123def"),
    ],
)
def test_secrets_in_a_sentence_are_hidden(said: str, hidden: str) -> None:
    shown = logs.redacted(said)
    assert hidden not in str(shown)
    assert logs.HIDDEN in str(shown)


@pytest.mark.parametrize(
    "name",
    ["access_token", "client_secret", "Authorization", "signature", "code", "password", "api_key"],
)
def test_secrets_under_their_names_are_hidden(name: str) -> None:
    assert logs.redacted({name: "abc123def"}) == {name: logs.HIDDEN}


def test_what_a_viewer_typed_is_only_measured() -> None:
    assert logs.redacted({"user_input": "my address is …"}) == {"user_input": "[15 characters]"}


def test_ordinary_words_stay_readable() -> None:
    line = "run 17 of raffle.keyboard_raffle waits: code unavailable, 3 tokens left"
    assert logs.redacted(line) == line


def test_each_line_carries_the_ids_of_its_flow(caplog: pytest.LogCaptureFixture) -> None:
    with (
        caplog.at_level(logging.INFO),
        structlog.contextvars.bound_contextvars(run_id=7, message_id="m-1"),
    ):
        structlog.get_logger("greenroom.test").info("something.happened")
    told = json.dumps(caplog.records[-1].msg, default=str)
    assert '"run_id": 7' in told
    assert '"message_id": "m-1"' in told


def test_each_answer_has_an_id_of_our_own_making(client: Client) -> None:
    first = client.get("/health", headers={"X-Request-Id": "mine"})
    second = client.get("/health")
    assert len(first["X-Request-Id"]) == 26
    assert first["X-Request-Id"] != second["X-Request-Id"]


def test_an_object_that_names_a_secret_is_searched_like_a_sentence(client: Client) -> None:
    class Asked:
        def __str__(self) -> str:
            return "<Request: GET '/connect/twitch/callback?state=s&code=abc123def'>"

    assert "abc123def" not in str(logs.redacted(Asked(), "request"))


def test_no_line_of_ours_names_a_reason_as_if_it_were_a_secret() -> None:
    """`code` is what a sign-in hands over; what went wrong is said as `why`."""
    hidden = [
        f"{path}:{call.lineno}"
        for path in Path().glob("[a-z]*/**/*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).startswith("log.")
        and any(word.arg == "code" for word in call.keywords)
    ]
    assert hidden == []
