"""The socket of the control room, on a running web process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from accounts.models import User
from pushes.consumers import NOT_ALLOWED
from songqueue.models import SongRules
from studio.services.room import PANELS
from tests.backstage import live
from tests.overlay.conftest import Site, hear, say
from tests.studio.conftest import person
from twitch.models import Redemption, Viewer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_pulse() -> None:
    """No process of an earlier test is missed while one of these goes on."""
    cache.clear()


@contextmanager
def looking(site: Site, user: User) -> Iterator[ClientConnection]:
    client = Client()
    client.force_login(user)
    headers = {"Origin": site.origin, "Cookie": f"sessionid={client.cookies['sessionid'].value}"}
    address = f"ws://localhost:{site.port}/ws/studio/"
    with connect(address, additional_headers=headers) as socket:
        yield socket


def next_panels(socket: ClientConnection, timeout: float = 10) -> dict[str, Any]:
    """Return the next message that is no heartbeat."""
    while True:
        message: dict[str, Any] = json.loads(socket.recv(timeout))
        if message["type"] != "beat":
            return message
        say(socket, type="seen")


def redeem() -> None:
    viewer, _ = Viewer.objects.get_or_create(id="1004", login="ada", display_name="Ada <b>")
    Redemption.objects.create(
        id=f"redemption-{Redemption.objects.count()}",
        viewer=viewer,
        reward_twitch_id="reward",
        reward_title="Keyboard Raffle",
        redeemed_at=timezone.now(),
    )


def test_all_panels_come_at_first_and_then_what_has_changed(site: Site) -> None:
    with looking(site, person("streamer")) as socket:
        first = next_panels(socket)
        assert (first["type"], set(first["panels"])) == ("snapshot", set(PANELS))
        redeem()
        then = next_panels(socket)
        assert (then["type"], then["seq"]) == ("panels", first["seq"] + 1)
        assert set(then["panels"]) == {"feed"}
        assert "Ada &lt;b&gt;" in then["panels"]["feed"]


def test_nothing_is_pushed_while_nothing_happens(site: Site) -> None:
    live()
    with looking(site, person("streamer")) as socket:
        seq = next_panels(socket)["seq"]
        # Three looks later a redemption is the first that is told.
        with pytest.raises(TimeoutError):
            next_panels(socket, timeout=3)
        redeem()
        assert next_panels(socket)["seq"] == seq + 1


def test_people_with_other_rights_see_other_buttons(site: Site) -> None:
    with looking(site, person("streamer")) as all_of_it, looking(site, person("staff")) as little:
        assert "/studio/songs/pause" in next_panels(all_of_it)["panels"]["queue"]
        assert "/studio/songs/pause" not in next_panels(little)["panels"]["queue"]
        SongRules.objects.create(pk=1, is_paused=True)
        assert "/studio/songs/resume" in next_panels(all_of_it)["panels"]["queue"]
        assert "/studio/songs/resume" not in next_panels(little)["panels"]["queue"]


def test_one_that_comes_later_gets_all_of_it_and_goes_on_with_the_others(site: Site) -> None:
    streamer = person("streamer")
    with looking(site, streamer) as one:
        next_panels(one)
        redeem()
        next_panels(one)
        with looking(site, streamer) as other:
            snapshot = next_panels(other)
            assert "Ada" in snapshot["panels"]["feed"]
            redeem()
            changes = [next_panels(one), next_panels(other)]
            assert changes[0] == changes[1]
            assert changes[0]["seq"] == snapshot["seq"] + 1


def test_a_right_that_is_taken_away_closes_the_socket(site: Site) -> None:
    moderator = person("Song queue moderator")
    with looking(site, moderator) as socket:
        next_panels(socket)
        moderator.groups.remove(Group.objects.get(name="Song queue moderator"))
        say(socket, type="seen")
        with pytest.raises(ConnectionClosed) as caught:
            hear(socket)
        assert caught.value.rcvd
        assert caught.value.rcvd.code == NOT_ALLOWED
