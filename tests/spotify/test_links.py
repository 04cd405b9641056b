"""Short links, followed over HTTP."""

from __future__ import annotations

from time import monotonic

import pytest
from django.conf import LazySettings

from spotify.client import links as client
from spotify.services import NotATrack, Unavailable, links
from tests.backstage import Backstage
from tests.spotify.conftest import answering


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


def test_no_body_is_read_and_nothing_of_ours_is_sent(settings: LazySettings) -> None:
    reply = (
        b"HTTP/1.1 302 Found\r\nLocation: https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC\r\n"
        b"Set-Cookie: a=b\r\nContent-Length: 1000000000\r\n\r\nbegun"
    )
    with answering(reply, hangs_up=False) as (host, heard):
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
    with answering(hangs_up=False) as (host, _):
        settings.SPOTIFY_LINK_HOSTS = [host]
        began = monotonic()
        with pytest.raises(Unavailable):
            links.track_id(f"http://{host}/abc")
        assert monotonic() - began < 10
