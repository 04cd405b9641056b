"""The overlay's socket on a running web process."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from overlay import services
from overlay.models import OverlayToken
from tests.overlay.boards import song, tell
from tests.overlay.conftest import Site, hear, say


def closed_with(client: ClientConnection) -> int | None:
    """Return the code with which the server closes the socket, whatever it says before."""
    try:
        while True:
            hear(client)
    except ConnectionClosed as closing:
        return closing.rcvd.code if closing.rcvd else None


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_page_hears_what_is_current_and_then_what_comes(
    site: Site, token: OverlayToken, now: datetime
) -> None:
    services.cue("old", {}, now=now - timedelta(minutes=5))
    services.cue("first", {"name": "Mo"}, now=now)
    with site.socket(services.token_of(token)) as client:
        snapshot = hear(client)
        assert (snapshot["type"], snapshot["seq"]) == ("snapshot", 2)
        assert [cue["kind"] for cue in snapshot["cues"]] == ["first"]
        services.cue("second", {"name": "<b>"}, now=now)
        assert hear(client) == {
            "type": "cue",
            "seq": 3,
            "kind": "second",
            "payload": {"name": "<b>"},
            "expires_in": 60.0,
        }


def test_a_page_hears_the_board_too_with_numbers_of_its_own(
    site: Site, token: OverlayToken, now: datetime
) -> None:
    with site.socket(services.token_of(token)) as client:
        assert hear(client)["board"]["now"] is None
        services.cue("roll", {}, now=now)
        tell(song("Second"))
        assert hear(client)["type"] == "cue"
        board = hear(client)
        assert (board["type"], board["board"]["now"]["title"]) == ("board", "Second")


@pytest.mark.parametrize("text", ["", "forged.token", "%00", "a" * 3000])
def test_without_a_token_there_is_nothing_to_hear(site: Site, text: str) -> None:
    with site.socket(text) as client:
        assert closed_with(client) == 4403


def test_revoking_closes_its_open_sockets_and_no_others(
    site: Site, token: OverlayToken, now: datetime
) -> None:
    other = OverlayToken.objects.create(name="Second PC")
    with (
        site.socket(services.token_of(token)) as client,
        site.socket(services.token_of(other)) as stays,
    ):
        hear(client)
        hear(stays)
        services.revoke(token, now)
        assert closed_with(client) == 4403
        services.cue("roll", {}, now=now)
        assert hear(stays)["type"] == "cue"


def test_a_page_is_present_from_its_connect_to_its_end(site: Site, token: OverlayToken) -> None:
    with site.socket(services.token_of(token)) as client:
        hear(client)
        (page,) = services.presence(timezone.now())
        assert (page.address, page.is_on_air, page.last_cue) == ("Main scene", None, "")
        assert not page.is_current
        token.refresh_from_db()
        assert token.is_connected(timezone.now())
        say(client, **SAID, is_on_air=True)
        wait_for(lambda: bool(_fresh(token).is_on_air))
    wait_for(lambda: not services.presence(timezone.now()))
    assert _fresh(token).is_on_air is None


SAID = {"type": "page", "key": "0f" * 16, "version": "0123456789ab"}


@pytest.mark.parametrize(
    "message",
    [
        {"type": "cue"},
        {"type": "page"},
        SAID | {"version": "<script>"},
        SAID | {"version": 1},
        SAID | {"key": ""},
        SAID | {"key": ["0f"]},
        SAID | {"is_on_air": "yes"},
        SAID | {"is_visible": 1},
        SAID | {"shown": True},
        SAID | {"shown": 2**63},
        SAID | {"shown": -1},
    ],
)
def test_a_page_can_say_nothing_else(
    site: Site, token: OverlayToken, message: dict[str, Any]
) -> None:
    with site.socket(services.token_of(token)) as client:
        hear(client)
        say(client, **message)
        assert closed_with(client) == 4400


def _fresh(token: OverlayToken) -> OverlayToken:
    return OverlayToken.objects.get(pk=token.pk)
