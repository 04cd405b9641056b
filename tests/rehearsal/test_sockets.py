"""EventSub over WebSocket: welcome, rules, reconnects and endings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.rehearsal.client import BROADCASTER, Rehearsal, eventually

ADD = "channel.channel_points_custom_reward_redemption.add"


class Listener:
    """A product's socket."""

    def __init__(self, url: str) -> None:
        self._open = ExitStack()
        self.socket: ClientConnection = self._open.enter_context(
            connect(url, ping_interval=None, open_timeout=30)
        )

    def next(self, seconds: float = 30) -> Any:
        return json.loads(self.socket.recv(seconds))

    def closed_with(self, seconds: float = 30) -> tuple[int, str]:
        try:
            while True:
                self.socket.recv(seconds)
        except ConnectionClosed as closed:
            return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")

    def close(self) -> None:
        self._open.close()


@pytest.fixture
def listener(rehearsal: Rehearsal) -> Iterator[Listener]:
    listener = Listener(f"{rehearsal.url.replace('http', 'ws')}/twitch/ws")
    yield listener
    listener.close()


def subscribe(rehearsal: Rehearsal, token: str, session: str, type: str = ADD) -> Any:
    return rehearsal.helix(
        "POST",
        "eventsub/subscriptions",
        token,
        json={
            "type": type,
            "version": "1",
            "condition": {"broadcaster_user_id": BROADCASTER},
            "transport": {"method": "websocket", "session_id": session},
        },
    )


@pytest.fixture
def session(rehearsal: Rehearsal, listener: Listener, manager: str) -> str:
    """A session subscribed to redemptions."""
    id: str = listener.next()["payload"]["session"]["id"]
    answer = subscribe(rehearsal, manager, id)
    assert answer.status_code == 202, answer.text
    assert answer.json()["data"][0]["status"] == "enabled"
    assert answer.json()["max_total_cost"] == 10
    return id


def statuses(rehearsal: Rehearsal, token: str) -> list[str]:
    listed = rehearsal.helix("GET", "eventsub/subscriptions", token).json()
    return [it["status"] for it in listed["data"]]


def test_a_socket_is_welcomed(rehearsal: Rehearsal) -> None:
    url = f"{rehearsal.url.replace('http', 'ws')}/twitch/ws"
    for asked, given in (("", 10), ("?keepalive_timeout_seconds=30", 30)):
        listener = Listener(url + asked)
        welcome = listener.next()
        assert welcome["metadata"]["message_type"] == "session_welcome"
        session = welcome["payload"]["session"]
        assert session["status"] == "connected"
        assert session["keepalive_timeout_seconds"] == given
        assert session["reconnect_url"] is None
        listener.close()
    listener = Listener(f"{url}?keepalive_timeout_seconds=9999")
    assert listener.next()["payload"]["session"]["keepalive_timeout_seconds"] == 600
    listener.close()


def test_events_arrive_in_order(
    rehearsal: Rehearsal, listener: Listener, session: str, reward: str
) -> None:
    made = rehearsal.control("redeem", reward=reward, viewer="ada", times=5)["redemptions"]
    messages = [listener.next() for _ in made]
    assert [it["payload"]["event"]["id"] for it in messages] == made
    metadata = messages[0]["metadata"]
    assert metadata["message_type"] == "notification"
    assert (metadata["subscription_type"], metadata["subscription_version"]) == (ADD, "1")
    assert messages[0]["payload"]["subscription"]["transport"]["session_id"] == session


def test_events_out_of_order_tell_when_they_happened(
    rehearsal: Rehearsal, listener: Listener, session: str, reward: str
) -> None:
    rehearsal.control("faults", kind="out_of_order")
    made = rehearsal.control("redeem", reward=reward, viewer="ada", times=3)["redemptions"]
    frames = [listener.next() for _ in range(3)]
    assert [frame["payload"]["event"]["id"] for frame in frames] == made[::-1]
    stamps = [frame["metadata"]["message_timestamp"] for frame in frames]
    assert stamps == sorted(stamps, reverse=True)


def test_a_duplicate_has_the_same_message_id(
    rehearsal: Rehearsal, listener: Listener, session: str, reward: str
) -> None:
    rehearsal.control("faults", kind="duplicate_delivery", count=1)
    rehearsal.control("redeem", reward=reward, viewer="ada")
    first, second = listener.next(), listener.next()
    assert first["metadata"]["message_id"] == second["metadata"]["message_id"]


def test_talking_to_the_server_closes_with_4001(
    rehearsal: Rehearsal, listener: Listener, session: str, manager: str
) -> None:
    listener.socket.send("hello")
    assert listener.closed_with()[0] == 4001
    eventually(lambda: statuses(rehearsal, manager) == ["websocket_received_inbound_traffic"])


def test_an_unused_socket_closes_with_4003_and_a_used_one_is_kept_alive(
    rehearsal: Rehearsal, listener: Listener, session: str
) -> None:
    unused = Listener(f"{rehearsal.url.replace('http', 'ws')}/twitch/ws")
    assert unused.closed_with()[0] == 4003
    assert listener.next()["metadata"]["message_type"] == "session_keepalive"


def test_a_cut_socket_disables_its_subscriptions(
    rehearsal: Rehearsal, listener: Listener, session: str, manager: str
) -> None:
    rehearsal.control("faults", kind="websocket_drop")
    assert listener.closed_with()[0] == 1006
    eventually(lambda: statuses(rehearsal, manager) == ["websocket_disconnected"])


def test_subscriptions_move_with_a_reconnect(
    rehearsal: Rehearsal, listener: Listener, session: str, reward: str, manager: str
) -> None:
    rehearsal.control("faults", kind="websocket_reconnect")
    message = listener.next()
    assert message["metadata"]["message_type"] == "session_reconnect"
    asked = message["payload"]["session"]
    assert (asked["id"], asked["status"]) == (session, "reconnecting")
    rehearsal.control("redeem", reward=reward, viewer="ada")
    assert listener.next()["metadata"]["message_type"] == "notification"
    moved = Listener(asked["reconnect_url"])
    assert moved.next()["metadata"]["message_type"] == "session_welcome"
    (id,) = rehearsal.control("redeem", reward=reward, viewer="ada")["redemptions"]
    assert moved.next()["payload"]["event"]["id"] == id
    listener.close()
    assert statuses(rehearsal, manager) == ["enabled"]
    moved.close()


def test_leaving_before_the_new_welcome_makes_the_reconnect_invalid(
    rehearsal: Rehearsal, listener: Listener, session: str, manager: str
) -> None:
    rehearsal.control("faults", kind="websocket_reconnect")
    url = listener.next()["payload"]["session"]["reconnect_url"]
    listener.close()
    eventually(lambda: statuses(rehearsal, manager) == ["websocket_disconnected"])
    assert Listener(url).closed_with()[0] == 4007


def test_withdrawn_consent_is_told_on_the_socket(
    rehearsal: Rehearsal, listener: Listener, session: str
) -> None:
    rehearsal.control("faults", kind="revoke_tokens", login="greenroom")
    message = listener.next()
    assert message["metadata"]["message_type"] == "revocation"
    assert message["payload"]["subscription"]["status"] == "authorization_revoked"
    assert "event" not in message["payload"]


def test_a_silent_socket_says_nothing(
    rehearsal: Rehearsal, listener: Listener, session: str, reward: str
) -> None:
    rehearsal.control("faults", kind="silence")
    rehearsal.control("redeem", reward=reward, viewer="ada")
    with pytest.raises(TimeoutError):
        listener.next(0.3)
    rehearsal.http.delete(f"{rehearsal.url}/control/faults")
    (id,) = rehearsal.control("redeem", reward=reward, viewer="ada")["redemptions"]
    assert listener.next()["payload"]["event"]["id"] == id


def test_a_socket_belongs_to_one_user(
    rehearsal: Rehearsal, listener: Listener, session: str, manager: str
) -> None:
    bot = rehearsal.sign_in("greenroom_bot")["access_token"]
    assert subscribe(rehearsal, bot, session, "stream.online").status_code == 400
    assert subscribe(rehearsal, rehearsal.app_token(), session).status_code == 401
    assert subscribe(rehearsal, manager, "session_none").status_code == 400
    assert subscribe(rehearsal, manager, session).status_code == 409


def test_a_user_has_at_most_three_sockets(rehearsal: Rehearsal, manager: str) -> None:
    url = f"{rehearsal.url.replace('http', 'ws')}/twitch/ws"
    listeners = [Listener(url) for _ in range(4)]
    answers = [
        subscribe(rehearsal, manager, it.next()["payload"]["session"]["id"]).status_code
        for it in listeners
    ]
    assert answers == [202, 202, 202, 429]
    for listener in listeners:
        listener.close()


def test_a_restart_ends_every_socket(
    rehearsal: Rehearsal, listener: Listener, session: str, manager: str
) -> None:
    assert rehearsal.stop() == 0
    rehearsal.start()
    assert statuses(rehearsal, manager)[0].startswith("websocket_")
