"""One socket from connect to end, over a real server and a real Redis."""

from __future__ import annotations

import asyncio

import pytest
from websockets.asyncio.client import ClientConnection, connect

from pushes import consumers, hub
from pushes.services import hang_up, push
from tests.pushes.conftest import Board, close_code, hear, say


async def test_a_socket_begins_with_a_snapshot(address: str) -> None:
    Board.posts = [7, 8]
    async with connect(address) as client:
        assert await hear(client) == {"type": "snapshot", "seq": 2, "posts": [7, 8]}


async def test_what_is_pushed_reaches_every_socket_of_the_group(
    address: str, joined: ClientConnection
) -> None:
    async with connect(address) as other:
        await hear(other)
        await Board.post(5)
        for client in (joined, other):
            assert await hear(client) == {"type": "post", "seq": 1, "number": 5}


async def test_a_client_may_ask_for_another_snapshot(joined: ClientConnection) -> None:
    Board.posts = [1, 2, 3]
    await say(joined, type="snapshot?")
    assert await hear(joined) == {"type": "snapshot", "seq": 3, "posts": [1, 2, 3]}


async def test_who_may_not_listen_is_told_so_by_the_close_code(address: str) -> None:
    async with connect(f"{address}/secret") as client:
        assert await close_code(client) == consumers.NOT_ALLOWED


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("not json", consumers.NOT_UNDERSTOOD),
        ("[" * 2000, consumers.NOT_UNDERSTOOD),
        ('{"no": "type"}', consumers.NOT_UNDERSTOOD),
        ('{"type": "drop tables"}', consumers.NOT_UNDERSTOOD),
        ("x" * (consumers.LARGEST + 1), consumers.TOO_LARGE),
        (b"bytes", consumers.TOO_LARGE),
    ],
)
async def test_what_is_not_understood_closes_the_socket(
    joined: ClientConnection, said: str | bytes, code: int
) -> None:
    await joined.send(said)
    assert await close_code(joined) == code


async def test_a_client_that_talks_too_much_is_closed(joined: ClientConnection) -> None:
    for _ in range(consumers.MOST + 1):
        await say(joined, type="seen")
    assert await close_code(joined) == consumers.TOO_MANY


async def test_a_group_is_hung_up_on_at_once(joined: ClientConnection) -> None:
    await asyncio.to_thread(hang_up, Board.group, 4403)
    assert await close_code(joined) == 4403


async def test_a_failure_behind_the_socket_is_told_as_not_now(
    joined: ClientConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Board, "snapshot", None)
    await say(joined, type="snapshot?")
    assert await close_code(joined) == consumers.NOT_NOW


def _beat_often(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let beats come so often, and none of them be missed; Redis has as long to answer."""
    monkeypatch.setattr(hub, "BEAT", seconds)
    monkeypatch.setattr("pushes.socket.BEATS", 10_000)


async def test_a_beat_tells_the_newest_number(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _beat_often(monkeypatch, 0.05)
    async with connect(address) as client:
        await hear(client)
        Board.posts = [1, 2]
        while (beat := await hear(client))["seq"] == 0:
            pass
        assert beat == {"type": "beat", "group": Board.group, "seq": 2}


async def test_one_socket_carries_two_streams_with_numbers_of_their_own(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _beat_often(monkeypatch, 0.5)
    async with connect(f"{address}/bell") as client:
        assert (await hear(client))["type"] == "snapshot"
        Board.posts, Board.rings = [1, 2], 7
        heard: dict[str, int] = {}
        while heard != {Board.group: 2, "test.bell": 7}:
            beat = await hear(client)
            heard[beat["group"]] = beat["seq"]
        await asyncio.to_thread(push, "test.bell", {"type": "ring", "seq": 8})
        while (delta := await hear(client))["type"] == "beat":
            pass
        assert delta == {"type": "ring", "seq": 8}


async def test_a_client_that_fell_behind_gets_a_snapshot_once_it_says_that_it_sees(
    joined: ClientConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pushes.socket.WINDOW", 2)
    for number in range(4):
        await Board.post(number)
    assert [(await hear(joined))["seq"] for _ in range(2)] == [1, 2]
    await say(joined, type="seen")
    assert await hear(joined) == {"type": "snapshot", "seq": 4, "posts": [0, 1, 2, 3]}
