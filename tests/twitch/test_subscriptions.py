"""Subscriptions: the wanted ones exist once, whatever Twitch held before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from websockets.sync.client import ClientConnection, connect

from tests.backstage import Backstage
from tests.twitch.deliveries import intake_in_thread, wait_for
from tokens.services import NotConnected
from twitch.client import subscriptions as client
from twitch.models import Subscription
from twitch.services.subscriptions import WANTED, WEBHOOK, WEBSOCKET, SetUpFailed, set_up

pytestmark = pytest.mark.django_db(transaction=True)

REDEMPTION = "channel.channel_points_custom_reward_redemption.add"
TYPES = [wanted.type for wanted in WANTED]


@pytest.fixture
def socket() -> Iterator[tuple[ClientConnection, str]]:
    with connect(settings.TWITCH_EVENTSUB_WS_URL) as socket:
        yield socket, json.loads(socket.recv())["payload"]["session"]["id"]


@pytest.fixture
def webhook(settings: Any) -> Iterator[None]:
    with intake_in_thread() as port:
        settings.PUBLIC_URL = f"http://127.0.0.1:{port}"
        yield


def at_twitch(backstage: Backstage, status: str = "enabled") -> list[str]:
    rows = backstage.look("state")["subscriptions"]
    return sorted(row["type"] for row in rows if row["status"] == status)


def test_a_socket_is_given_every_wanted_type_once(
    backstage: Backstage, socket: tuple[ClientConnection, str]
) -> None:
    backstage.connect()
    first = set_up(WEBSOCKET, socket[1])
    again = set_up(WEBSOCKET, socket[1])
    assert (first.created, first.present, first.missing) == (TYPES, [], {})
    assert (again.created, again.present, again.missing) == ([], TYPES, {})
    assert at_twitch(backstage) == sorted(TYPES)
    assert sorted(Subscription.objects.values_list("type", flat=True)) == sorted(TYPES)


def test_the_webhook_is_verified_and_hears(backstage: Backstage, webhook: None) -> None:
    backstage.connect()
    assert set_up(WEBHOOK).created == TYPES
    wait_for(lambda: at_twitch(backstage) == sorted(TYPES))
    assert set_up(WEBHOOK).present == TYPES
    assert set(Subscription.objects.values_list("status", flat=True)) == {"enabled"}


def test_what_a_dead_socket_left_is_deleted(
    backstage: Backstage, socket: tuple[ClientConnection, str]
) -> None:
    backstage.connect()
    with connect(settings.TWITCH_EVENTSUB_WS_URL) as other:
        set_up(WEBSOCKET, json.loads(other.recv())["payload"]["session"]["id"])
        assert set_up(WEBSOCKET, socket[1]).created == TYPES
    assert {row.transport.session_id for row in client.listed(WEBSOCKET)} == {socket[1]}
    assert Subscription.objects.count() == len(TYPES)


def test_a_type_without_its_permission_is_left_out_and_said(
    backstage: Backstage, socket: tuple[ClientConnection, str]
) -> None:
    backstage.connect(without="bits:read")
    done = set_up(WEBSOCKET, socket[1])
    assert done.missing == {"channel.cheer": "the broadcaster has not granted bits:read"}
    assert len(done.created) == len(TYPES) - 1
    assert "channel.cheer missing" in str(done)


def test_without_redemptions_the_set_up_fails(
    backstage: Backstage, socket: tuple[ClientConnection, str]
) -> None:
    backstage.connect(without="channel:manage:redemptions")
    with pytest.raises(SetUpFailed, match="channel:manage:redemptions"):
        set_up(WEBSOCKET, socket[1])


def test_without_a_broadcaster_there_is_nothing_to_set_up(backstage: Backstage) -> None:
    with pytest.raises(NotConnected):
        set_up(WEBSOCKET, "session")


def test_a_lost_answer_is_made_up_for_by_the_next_set_up(
    backstage: Backstage, socket: tuple[ClientConnection, str]
) -> None:
    backstage.connect()
    backstage.breaks("drop_after", method="POST", path="/twitch/helix/eventsub", count=1, skip=3)
    first = set_up(WEBSOCKET, socket[1])
    assert list(first.missing) == [TYPES[3]]
    again = set_up(WEBSOCKET, socket[1])
    assert (again.present, again.created) == (TYPES, [])
    assert at_twitch(backstage) == sorted(TYPES)


def test_a_status_nobody_has_heard_of_is_not_working() -> None:
    assert not Subscription(status="brand_new").is_working
    assert Subscription(status="enabled").is_working


def test_a_revoked_one_stays_visible_until_its_type_works_again(
    backstage: Backstage, socket: tuple[ClientConnection, str]
) -> None:
    backstage.connect()
    set_up(WEBSOCKET, socket[1])
    for type_ in ("channel.cheer", "stream.online"):
        row = Subscription.objects.get(type=type_)
        Subscription.objects.create(
            id=f"old {type_}",
            type=type_,
            transport=WEBSOCKET,
            version="1",
            status="authorization_revoked",
            created_at=row.created_at,
            seen_at=row.seen_at,
            revoked_at=row.seen_at,
        )
    client.delete(WEBSOCKET, Subscription.objects.get(type="channel.cheer", revoked_at=None).pk)
    backstage.connect(without="bits:read")
    set_up(WEBSOCKET, socket[1])
    revoked = Subscription.objects.exclude(revoked_at=None)
    assert list(revoked.values_list("type", flat=True)) == ["channel.cheer"]


def test_the_commands_set_up_list_and_clean_up(
    backstage: Backstage, webhook: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="connected"):
        call_command("eventsub_setup")
    backstage.connect()
    call_command("eventsub_setup")
    assert f"{len(TYPES)} created" in capsys.readouterr().out
    wait_for(lambda: at_twitch(backstage) == sorted(TYPES))
    settings.PUBLIC_URL = settings.PUBLIC_URL.replace("127.0.0.1", "localhost")
    call_command("eventsub_list")
    assert f"{len(TYPES)} by webhook." in capsys.readouterr().out
    call_command("eventsub_cleanup")
    assert capsys.readouterr().out == f"{len(TYPES)} deleted.\n"
    assert at_twitch(backstage) == []
