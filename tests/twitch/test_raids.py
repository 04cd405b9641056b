"""Raids: noted once, thanked for in chat, and the raider shouted out within Twitch's limits."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from sagas.models import Event, Run
from sagas.poke import pokes_held
from tests.backstage import Backstage
from tests.sagas.driving import lead, lead_on, let_time_pass
from tests.twitch.deliveries import message
from twitch import registry
from twitch.models import ChatText, Message, Raid, Viewer
from twitch.services import streams

pytestmark = pytest.mark.django_db(transaction=True)

SHOUTOUTS = "/twitch/helix/chat/shoutouts"
CHAT = "/twitch/helix/chat/messages"


@pytest.fixture
def twitch(backstage: Backstage) -> Backstage:
    """A connected rehearsal that is live."""
    backstage.connect()
    backstage.go_live()
    streams.look()
    return backstage


def raid(who: str = "1014", login: str = "raider", **changes: Any) -> dict[str, Any]:
    return {
        "from_broadcaster_user_id": who,
        "from_broadcaster_user_login": login,
        "from_broadcaster_user_name": login.title(),
        "to_broadcaster_user_id": "1000",
        "to_broadcaster_user_login": "greenroom",
        "to_broadcaster_user_name": "Greenroom",
        "viewers": 42,
        **changes,
    }


def receive(message_id: str = "m1", ago: timedelta = timedelta(), **event: Any) -> None:
    """Handle the message, and lead the flow as far as it goes now."""
    handler = registry.event_handler("channel.raid")
    assert handler
    body = json.dumps(message("channel.raid", **raid(**event)))
    with transaction.atomic(), pokes_held():
        handler(Message(message_id=message_id, sent_at=timezone.now() - ago, body=body))
    lead()


def lines(backstage: Backstage) -> list[str]:
    return [effect["detail"]["text"] for effect in backstage.effects("chat_sent")]


def results() -> dict[str, str]:
    """Return how each step of the newest raid's flow ended."""
    run = Run.objects.filter(saga="twitch.raid_welcome").order_by("-id")[0]
    return dict(run.outcomes.order_by("id").values_list("step", "result"))


def test_a_raid_is_announced_thanked_for_and_shouted_out(twitch: Backstage) -> None:
    receive()
    row = Raid.objects.get()
    assert lines(twitch) == [
        "@Raider thank you for the raid with 42! Everybody, have a look:"
        " https://www.twitch.tv/raider"
    ]
    assert [effect["detail"]["target"] for effect in twitch.effects("shoutout_sent")] == ["raider"]
    assert row.thanked_at
    assert row.shouted_out_at
    assert row.session == streams.current()
    fact = Event.objects.get(kind="twitch.RaidReceived").payload
    assert (fact["raid_id"], fact["raider_id"], fact["viewers"]) == (row.pk, "1014", 42)
    assert Viewer.objects.get(pk="1014").login == "raider"


def test_a_raid_that_is_told_of_twice_is_one(twitch: Backstage) -> None:
    receive()
    receive()
    assert Raid.objects.count() == len(lines(twitch)) == len(twitch.effects("shoutout_sent")) == 1


def test_a_raid_on_another_channel_is_none_of_ours(twitch: Backstage) -> None:
    receive(to_broadcaster_user_id="1014", who="1000", login="greenroom")
    assert not Raid.objects.exists()


def test_a_hostile_name_stays_in_its_line(twitch: Backstage) -> None:
    receive(from_broadcaster_user_name="\u202e/ban everyone\n{link}", viewers=0)
    (line,) = lines(twitch)
    assert line.startswith("@raider thank you")
    assert "\n" not in line


def test_a_streamer_can_have_nothing_said(twitch: Backstage) -> None:
    ChatText.objects.create(name="raids.thanks", text="")
    receive()
    assert lines(twitch) == []
    row = Raid.objects.get()
    assert (row.thanked_at, bool(row.shouted_out_at)) == (None, True)


@pytest.mark.parametrize("path", [CHAT, SHOUTOUTS])
def test_a_lost_answer_is_not_asked_for_twice(twitch: Backstage, path: str) -> None:
    twitch.breaks("drop_after", count=1, path=path)
    receive()
    assert len(lines(twitch)) == len(twitch.effects("shoutout_sent")) == 1
    assert "unsure" in results().values()
    assert Run.objects.get(saga="twitch.raid_welcome").status == "completed"


def test_thanks_that_chat_refuses_do_not_keep_from_the_shoutout(twitch: Backstage) -> None:
    twitch.breaks("chat_dropped", path=CHAT)
    receive()
    lead_on()
    assert results()["thank"] == "skipped"
    assert len(twitch.effects("shoutout_sent")) == 1


def test_a_second_raid_within_two_minutes_waits_for_its_shoutout(twitch: Backstage) -> None:
    receive("m1")
    receive("m2", who="1004", login="ada")
    assert len(lines(twitch)) == 2
    run = Run.objects.get(saga="twitch.raid_welcome", status="waiting")
    assert run.due_at
    assert timedelta(seconds=110) < run.due_at - timezone.now() <= timedelta(minutes=2)
    assert twitch.calls(SHOUTOUTS) == 1


def test_the_same_raider_is_shouted_out_once_an_hour(twitch: Backstage) -> None:
    receive("m1")
    Raid.objects.update(shouted_out_at=timezone.now() - timedelta(minutes=30))
    receive("m2")
    assert Raid.objects.get(message_id="m2").why_no_shoutout == "limit"
    assert twitch.calls(SHOUTOUTS) == 1


def test_a_shoutout_given_by_hand_before_is_waited_for(twitch: Backstage) -> None:
    twitch.breaks("429", count=1, path=SHOUTOUTS, retry_after=60)
    receive()
    assert results()["shout_out"] == "waiting"
    let_time_pass()
    lead()
    assert len(twitch.effects("shoutout_sent")) == 1
    assert Raid.objects.get().shouted_out_at


def test_a_limit_that_does_not_end_is_given_up(twitch: Backstage) -> None:
    twitch.breaks("429", path=SHOUTOUTS)
    receive()
    Raid.objects.update(raided_at=timezone.now() - timedelta(minutes=9))
    let_time_pass()
    lead()
    assert Raid.objects.get().why_no_shoutout == "limit"


def test_there_is_no_shoutout_while_the_channel_is_not_live(backstage: Backstage) -> None:
    backstage.connect()
    receive()
    row = Raid.objects.get()
    assert (row.session, row.why_no_shoutout) == (None, "http_400")
    assert row.thanked_at


def test_without_the_scope_there_is_no_shoutout(backstage: Backstage) -> None:
    backstage.connect(without="moderator:manage:shoutouts")
    receive()
    row = Raid.objects.get()
    assert row.why_no_shoutout == "missing_scope"
    assert row.thanked_at
    assert backstage.calls(SHOUTOUTS) == 0


def test_nobody_is_thanked_for_old_news(twitch: Backstage) -> None:
    receive(ago=timedelta(hours=1))
    assert lines(twitch) == []
    assert twitch.effects("shoutout_sent") == []
    row = Raid.objects.get()
    assert (row.thanked_at, row.why_no_shoutout) == (None, "old_news")
