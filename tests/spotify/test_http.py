"""Answers that no Spotify should give: each is an error of ours, soon, and nothing more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import LazySettings

from spotify import services
from spotify.client import http
from spotify.services import player
from tests.backstage import Backstage
from tests.spotify.conftest import answering

pytestmark = pytest.mark.django_db(transaction=True)


def ok(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{headers}\r\n"
    return head.encode() + body


UNREADABLE = {
    "nothing": b"",
    "no HTTP": b"hello",
    "half an answer": b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"is_playing"',
    "a broken object": ok(b'{"is_playing": tru'),
    "a list": ok(b"[]"),
    "a number": ok(b"7"),
    "a deep nest": ok(b"[" * 200_000),
    "a false gzip": ok(b"not zipped", headers="Content-Encoding: gzip\r\n"),
    "a redirect": ok(b"{}", "302 Found", "Location: http://169.254.169.254/\r\n"),
    "text in an error": ok(b"<html>", "502 Bad Gateway"),
    "a nest in an error": ok(b"[" * 200_000, "500 Oops"),
    "an error of no shape": ok(b'{"error": [[], null]}', "403 Forbidden"),
}


@pytest.mark.parametrize("reply", UNREADABLE.values(), ids=UNREADABLE)
def test_an_answer_that_cannot_be_read_is_unavailable(
    connected: Backstage, settings: LazySettings, reply: bytes
) -> None:
    with answering(reply) as (host, heard):
        settings.SPOTIFY_API_URL = f"http://{host}/v1"
        with pytest.raises(services.Unavailable):
            player.read()
    assert len(heard) == 1


@pytest.mark.parametrize("reply", [b"", ok(b"x", "500 Oops"), ok(b"[" * 200_000, "503 Busy")])
def test_a_command_without_an_answer_is_sent_once(
    connected: Backstage, settings: LazySettings, reply: bytes
) -> None:
    with answering(reply) as (host, heard):
        settings.SPOTIFY_API_URL = f"http://{host}/v1"
        with pytest.raises(services.Unsure):
            player.add("4uLU6hMCjMI75M1A2tKUQC")
    assert len(heard) == 1
    assert heard[0].startswith(b"POST /v1/me/player/queue?uri=spotify:track:4uLU6hMCjMI75M1A2tKUQC")


@pytest.mark.parametrize("body", [b"", b"AYnNbG", b"\xff", b"[" * 200_000, b'{"error": 1}'])
def test_what_a_command_that_worked_answers_is_not_looked_at(
    connected: Backstage, settings: LazySettings, body: bytes
) -> None:
    with answering(ok(body)) as (host, _):
        settings.SPOTIFY_API_URL = f"http://{host}/v1"
        player.skip()


def test_a_server_that_is_not_there_surely_did_nothing(
    connected: Backstage, settings: LazySettings
) -> None:
    settings.SPOTIFY_API_URL = "http://127.0.0.1:9/v1"
    with pytest.raises(services.Unavailable):
        player.skip()


@pytest.mark.parametrize("call", [player.read, player.skip])
def test_an_endless_answer_is_cut_off(
    connected: Backstage, settings: LazySettings, call: Callable[[], object]
) -> None:
    flood = [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 65536] * (http.LARGEST_ANSWER // 65536 + 64)]
    with answering(*flood) as (host, _):
        settings.SPOTIFY_API_URL = f"http://{host}/v1"
        with pytest.raises((services.Unavailable, services.Unsure)):
            call()


def test_neither_proxies_nor_cookies_are_used(
    connected: Backstage, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with answering(ok(b"{}", headers="Set-Cookie: a=b\r\n")) as (host, heard):
        settings.SPOTIFY_API_URL = f"http://{host}/v1"
        player.read()
        player.read()
    assert len(heard) == 2
    assert b"cookie" not in heard[1].lower()
