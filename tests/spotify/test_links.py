"""Short links, followed over HTTP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic

import pytest
from django.conf import LazySettings

from spotify.client import links as client
from spotify.services import NotATrack, Unavailable, links
from tests.backstage import Backstage


@pytest.fixture
def short(backstage: Backstage, settings: LazySettings) -> str:
    """The address of the rehearsal's short links."""
    return f"http://{settings.SPOTIFY_LINK_HOSTS[1]}/spotify/link"


def test_a_short_link_leads_to_its_track(backstage: Backstage, short: str) -> None:
    wanted = backstage.track("Glasshouse")
    assert links.track_id(f"play {short}/{wanted['code']} pls") == wanted["id"]


@pytest.mark.parametrize("code", ["hop1", "hop2", "hop3"])
def test_three_hops_are_followed(short: str, code: str) -> None:
    assert len(links.track_id(f"{short}/{code}")) == 22


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("hop4", "short_link_dead"),
        ("loop", "short_link_dead"),
        ("nothing", "short_link_dead"),
        ("file", "short_link_dead"),
        ("elsewhere", "look_alike_host"),
        ("metadata", "other_host"),
        ("album", "album"),
        ("playlist", "playlist"),
        ("episode", "episode"),
    ],
)
def test_a_link_that_leads_to_no_track_is_refused(short: str, code: str, refusal: str) -> None:
    with pytest.raises(NotATrack) as caught:
        links.track_id(f"{short}/{code}")
    assert caught.value.code == refusal


def test_a_link_that_cannot_be_followed_now_may_be_later(
    settings: LazySettings, backstage: Backstage, short: str
) -> None:
    settings.SPOTIFY_LINK_HOSTS = ["127.0.0.1:9"]
    with pytest.raises(Unavailable):
        links.track_id("http://127.0.0.1:9/abc")


@contextmanager
def answering(reply: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that sends this to each caller and then says no more; yields host and requests."""
    heard: list[bytes] = []
    callers: list[socket.socket] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                callers.append(listening.accept()[0])
                heard.append(callers[-1].recv(65536))
                callers[-1].sendall(reply)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}", heard
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)
            for caller in callers:
                caller.close()


def test_no_body_is_read_and_nothing_of_ours_is_sent(settings: LazySettings) -> None:
    reply = (
        b"HTTP/1.1 302 Found\r\nLocation: https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC\r\n"
        b"Set-Cookie: a=b\r\nContent-Length: 1000000000\r\n\r\nbegun"
    )
    with answering(reply) as (host, heard):
        settings.SPOTIFY_LINK_HOSTS = [host]
        for _ in range(2):
            assert links.track_id(f"http://{host}/abc") == "4uLU6hMCjMI75M1A2tKUQC"
    assert len(heard) == 2
    for request in heard:
        sent = request.lower()
        assert b"authorization" not in sent
        assert b"cookie" not in sent


def test_a_silent_server_is_not_waited_for(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT", 0.2)
    with answering(b"") as (host, _):
        settings.SPOTIFY_LINK_HOSTS = [host]
        began = monotonic()
        with pytest.raises(Unavailable):
            links.track_id(f"http://{host}/abc")
        assert monotonic() - began < 2
