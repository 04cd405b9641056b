"""How fast Greenroom speaks in chat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from sagas.flow import RateLimited
from tests.backstage import Backstage, at_once
from twitch.client.oauth import BOT, BROADCASTER
from twitch.models import SaidLine
from twitch.services import chat, pace

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def forget_moderators() -> None:
    pace._is_moderator.cache_clear()


def turns(role: str, account_id: str) -> int:
    """Return how many lines may be said before it is enough for the moment."""
    for number in range(200):
        try:
            pace.take_turn(role, account_id)
        except RateLimited:
            return number
    return 200


def test_a_stranger_may_say_twenty_lines_in_half_a_minute(backstage: Backstage) -> None:
    backstage.connect()
    assert turns(BOT, "1014") == 20


def test_a_moderator_and_the_broadcaster_may_say_a_hundred(backstage: Backstage) -> None:
    backstage.connect()
    assert turns(BOT, "1001") == 100
    assert turns(BROADCASTER, "1000") == 100
    assert backstage.calls("/moderation/moderators") == 1, "it is not asked for every line"


def test_who_cannot_be_asked_about_is_taken_for_a_stranger(backstage: Backstage) -> None:
    backstage.connect(without="moderation:read")
    assert turns(BOT, "1001") == 20


def test_the_turn_comes_when_the_oldest_line_is_not_counted_any_more(backstage: Backstage) -> None:
    backstage.connect()
    with time_machine.travel(NOON, tick=False) as clock:
        assert turns(BOT, "1014") == 20
        clock.shift(10)
        with pytest.raises(RateLimited) as limited:
            pace.take_turn(BOT, "1014")
        assert limited.value.until == NOON + timedelta(seconds=31)
        clock.shift(21)
        pace.take_turn(BOT, "1014")
        assert SaidLine.objects.count() == 1


def test_many_at_once_do_not_say_more(backstage: Backstage) -> None:
    backstage.connect()
    results = at_once(30, lambda: pace.take_turn(BOT, "1014"))
    assert sum(isinstance(result, RateLimited) for result in results) == 10


def test_a_line_waits_for_its_turn_and_is_not_lost(backstage: Backstage) -> None:
    backstage.connect()
    for number in range(100):
        chat.say(f"line {number}")
    with pytest.raises(RateLimited):
        chat.say("one too many")
    assert len(backstage.effects("chat_sent")) == 100
