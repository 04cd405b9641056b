"""Where a viewer stands, as Twitch has it."""

from __future__ import annotations

import pytest

from tests.backstage import Backstage
from tokens.services import MissingScope
from twitch.client.errors import Unreachable
from twitch.services import standing
from twitch.services.standing import Standing, Subscription

pytestmark = pytest.mark.django_db(transaction=True)

WHO = {
    "1000": Standing(False, False, False, is_broadcaster=True),
    "1002": Standing(is_subscriber=True, is_vip=False, is_moderator=True, is_broadcaster=False),
    "1003": Standing(is_subscriber=False, is_vip=True, is_moderator=False, is_broadcaster=False),
    "1004": Standing(is_subscriber=True, is_vip=False, is_moderator=False, is_broadcaster=False),
    "9999": Standing(False, False, False, False),
}


def test_twitch_says_where_a_viewer_stands(backstage: Backstage) -> None:
    backstage.connect()
    assert {viewer: standing.of(viewer) for viewer in WHO} == WHO


def test_twitch_says_who_subscribes_and_how(backstage: Backstage) -> None:
    backstage.connect()
    backstage.control("subscribe", viewer="dario", tier="2000", is_gift=True)
    # More than one page of people.
    many = [str(number) for number in range(1000, 1250)]
    found = standing.subscriptions(many)
    assert found["1002"] == Subscription("1000", is_gift=False)
    assert found["1007"] == Subscription("2000", is_gift=True)
    assert "1003" not in found
    assert backstage.calls("/subscriptions", "GET") == 3


def test_nobody_is_turned_down_because_twitch_is_away(backstage: Backstage) -> None:
    backstage.connect()
    backstage.breaks("500", path="/twitch/helix/moderation", count=1)
    with pytest.raises(Unreachable):
        standing.of("1002")


def test_a_permission_that_is_missing_is_said(backstage: Backstage) -> None:
    backstage.connect(without="channel:read:vips")
    with pytest.raises(MissingScope, match="channel:read:vips"):
        standing.of("1003")
