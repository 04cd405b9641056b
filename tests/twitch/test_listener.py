"""The listener: it is there, it comes back, and what it missed is found."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection
from websockets.asyncio.server import ServerConnection, serve

from tests.backstage import Backstage
from tests.twitch.deliveries import message, now, process, wait_for
from twitch.client.envelope import NOTIFICATION, read_frame
from twitch.listener import inbox as inbox_module
from twitch.listener import socket as socket_module
from twitch.listener.inbox import Inbox, Overflow
from twitch.listener.pulse import KEY
from twitch.listener.socket import Lost, open_socket
from twitch.models import Message, Redemption, Reward
from twitch.services import rewards
from twitch.services.subscriptions import WANTED

TYPES = sorted(wanted.type for wanted in WANTED)

# --- The process, against the rehearsal -------------------------------------------------------

Listener = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def listener(process_env: dict[str, str], backstage: Backstage) -> Iterator[Listener]:
    """Start the `eventsub` process."""
    cache.delete(KEY)
    with contextlib.ExitStack():
        command = [sys.executable, "manage.py", "eventsub_listen"]
        yield lambda output=None: process(command, process_env, output)
    cache.delete(KEY)


def listens(backstage: Backstage) -> bool:
    rows = backstage.look("state")["subscriptions"]
    return sorted(row["type"] for row in rows if row["status"] == "enabled") == TYPES


def session(backstage: Backstage) -> str:
    """Return the id of the only session that is there to stay."""
    ids = [s["id"] for s in backstage.look("state")["sockets"] if not s["leaving"]]
    return str(ids[0]) if len(ids) == 1 else ""


def reward() -> str:
    """Make a reward of ours, without an action."""
    row = Reward(title="Wave", cost=1)
    rewards.create_on_twitch(row)
    return row.twitch_id


def heard(type_: str) -> int:
    return Message.objects.filter(type=type_).count()


def test_it_subscribes_hears_and_says_how_it_is(backstage: Backstage, listener: Listener) -> None:
    backstage.connect()
    with listener() as running:
        wait_for(lambda: listens(backstage))
        backstage.control("chat", viewer="mo", text="!say Grüße \0")
        wait_for(lambda: heard("channel.chat.message") == 1)
        wait_for(lambda: (cache.get(KEY) or {}).get("ok"))
        pulse = cache.get(KEY)
        assert (pulse["state"], pulse["session_id"]) == ("connected", session(backstage))
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 0


def test_a_message_delivered_twice_is_one(backstage: Backstage, listener: Listener) -> None:
    backstage.connect()
    with listener():
        wait_for(lambda: listens(backstage))
        backstage.breaks("duplicate_delivery")
        backstage.control("chat", viewer="mo", text="!once")
        backstage.control("faults", verb="DELETE")
        backstage.control("chat", viewer="mo", text="!last")
        wait_for(lambda: Message.objects.filter(body__contains='"!last"').exists())
    assert heard("channel.chat.message") == 2


def test_ordinary_chat_is_heard_and_not_stored(backstage: Backstage, listener: Listener) -> None:
    backstage.connect()
    with listener():
        wait_for(lambda: listens(backstage))
        backstage.control("chat", viewer="mo", text="hello everybody")
        backstage.control("chat", viewer="mo", text="!last")
        wait_for(lambda: heard("channel.chat.message") == 1)
    assert "!last" in Message.objects.get(type="channel.chat.message").body


def test_it_moves_along_when_asked_to(backstage: Backstage, listener: Listener) -> None:
    backstage.connect()
    with listener():
        wait_for(lambda: listens(backstage))
        before = session(backstage)
        created = len(backstage.effects("subscription_created"))
        backstage.breaks("websocket_reconnect", count=1)
        wait_for(lambda: session(backstage) not in ("", before))
        backstage.control("chat", viewer="mo", text="!hi")
        wait_for(lambda: heard("channel.chat.message") == 1)
        assert len(backstage.effects("subscription_created")) == created


def test_a_lost_socket_is_replaced_and_what_was_missed_is_found(
    backstage: Backstage, listener: Listener
) -> None:
    backstage.connect()
    reward_id = reward()
    with listener():
        wait_for(lambda: listens(backstage))
        before = session(backstage)
        backstage.breaks("websocket_drop", count=1)
        missed = backstage.redeem(reward_id)
        wait_for(lambda: session(backstage) not in ("", before) and listens(backstage))
        wait_for(lambda: Redemption.objects.filter(pk=missed).exists())


def test_it_waits_for_a_broadcaster(backstage: Backstage, listener: Listener) -> None:
    with listener():
        wait_for(lambda: "waiting" in (cache.get(KEY) or {}).get("state", ""))
        assert backstage.look("state")["sockets"] == []
        backstage.connect()
        wait_for(lambda: listens(backstage))


def test_a_second_listener_waits_until_the_first_is_gone(
    backstage: Backstage, listener: Listener, tmp_path: Path
) -> None:
    backstage.connect()
    with listener() as first:
        wait_for(lambda: listens(backstage))
        only = session(backstage)
        assert only
        log = tmp_path / "second.log"
        with log.open("wb") as output, listener(output):
            wait_for(lambda: "another_listener" in log.read_text())
            assert session(backstage) == only
            first.kill()
            wait_for(lambda: session(backstage) not in ("", only) and listens(backstage))


def test_it_outlives_a_database_that_drops_every_connection(
    backstage: Backstage, listener: Listener
) -> None:
    backstage.connect()
    with listener():
        wait_for(lambda: listens(backstage))
        before = session(backstage)
        with psycopg.connect(**_address(), autocommit=True) as server:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND pid <> %s",
                [connection.connection.info.backend_pid],
            )
        backstage.control("chat", viewer="mo", text="!hi")
        wait_for(lambda: heard("channel.chat.message") == 1)
        assert session(backstage) == before


def _address() -> dict[str, Any]:
    found = connection.get_connection_params()
    return {name: found[name] for name in ("dbname", "user", "host", "port") if name in found}


# --- One socket, against a server that misbehaves ----------------------------------------------

Talk = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def twitch(talk: Talk) -> AsyncIterator[str]:
    async with serve(talk, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}"


def frame(kind: str, payload: dict[str, Any], **metadata: str) -> str:
    described = {"message_id": "m-1", "message_type": kind, "message_timestamp": now(), **metadata}
    return json.dumps({"metadata": described, "payload": payload})


def welcome(window: float = 10) -> str:
    session = {"id": "s-1", "status": "connected", "keepalive_timeout_seconds": window}
    return frame("session_welcome", {"session": session})


def chat(text: str, message_id: str = "m-1") -> str:
    about = {"subscription_type": "channel.chat.message", "subscription_version": "1"}
    return frame(NOTIFICATION, message(text=text), message_id=message_id, **about)


async def test_silence_longer_than_the_window_is_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_module, "GRACE_SECONDS", 0.8)

    async def talk(server: ServerConnection) -> None:
        await server.send(welcome(0.2))
        await server.send(frame("session_keepalive", {}))
        await server.wait_closed()

    async with twitch(talk) as url:
        socket = await open_socket(url)
        assert (await socket.next()).kind == "session_keepalive"
        with pytest.raises(Lost, match=r"silent for more than 0\.2 s"):
            await socket.next()
        await socket.close()


@pytest.mark.parametrize("code", [4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007, 4999])
async def test_every_close_code_is_told(code: int) -> None:
    async def talk(server: ServerConnection) -> None:
        await server.send(welcome())
        await server.close(code, "because")

    async with twitch(talk) as url:
        socket = await open_socket(url)
        with pytest.raises(Lost, match=f"closed with {code} because"):
            await socket.next()


@pytest.mark.parametrize("first", ["nonsense", frame("session_keepalive", {}), b"\xff"])
async def test_a_socket_without_a_welcome_is_left(first: str | bytes) -> None:
    async def talk(server: ServerConnection) -> None:
        await server.send(first)
        await server.wait_closed()

    async with twitch(talk) as url:
        with pytest.raises(Lost, match="no welcome"):
            await open_socket(url)


async def test_nonsense_is_passed_over_and_nothing_is_ever_said() -> None:
    said: list[Any] = []

    async def talk(server: ServerConnection) -> None:
        await server.send(welcome())
        for nonsense in ("{", "[]", "{}", frame(NOTIFICATION, {}), b"\xff"):
            await server.send(nonsense)
        await server.send(chat("hello"))
        said.extend([data async for data in server])

    async with twitch(talk) as url:
        socket = await open_socket(url)
        assert (await socket.next()).payload["event"]["text"] == "hello"
        await socket.close()
    assert said == []


async def test_a_server_that_is_not_there_is_a_loss() -> None:
    async with twitch(lambda server: server.wait_closed()) as url:
        pass
    with pytest.raises(Lost, match="could not connect"):
        await open_socket(url)


# --- Between the socket and the database -----------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_is_heard_while_the_database_is_away_is_stored_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def hear() -> None:
        inbox = Inbox()
        storing = asyncio.create_task(inbox.store())
        with monkeypatch.context() as away:
            away.setitem(connection.settings_dict, "HOST", "/nowhere")
            for number in range(300):
                heard = read_frame(chat("hi", f"m-{number}"))
                assert heard.heading is not None
                inbox.put(heard, heard.heading)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(inbox.drained(), 0.3)
        await asyncio.wait_for(inbox.drained(), 60)
        storing.cancel()
        await inbox.close()

    asyncio.run(hear())
    assert Message.objects.count() == 300


async def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_module, "MOST_KEPT", 1)
    inbox = Inbox()
    heard = read_frame(chat("hi"))
    assert heard.heading is not None
    inbox.put(heard, heard.heading)
    with pytest.raises(Overflow):
        inbox.put(heard, heard.heading)
