"""One subscription for each process, and it heals."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from django.conf import settings
from redis.asyncio import Redis
from websockets.asyncio.client import ClientConnection, connect

from config.embedded import Valkey
from pushes import services, wire
from tests.pushes.conftest import Board, eventually, hear
from tests.stage import serving


async def patterns() -> int:
    """Return how many subscriptions Redis knows."""
    async with Redis.from_url(settings.REDIS_URL) as redis:
        return int(await redis.execute_command("PUBSUB", "NUMPAT"))


async def test_many_sockets_are_one_subscription(address: str) -> None:
    before = await patterns()
    clients = [await connect(address) for _ in range(20)]
    for client in clients:
        await hear(client)
    assert await patterns() == before + 1
    for client in clients:
        await client.close()
    async with eventually("the subscription ends with the last socket"):
        while await patterns() != before:
            await asyncio.sleep(0.01)


async def test_a_dead_socket_holds_nobody_up(address: str, joined: ClientConnection) -> None:
    async with connect(address) as dead:
        await hear(dead)
        dead.transport.abort()
        await Board.post(1)
        assert (await hear(joined))["number"] == 1


async def test_groups_do_not_hear_each_other(joined: ClientConnection) -> None:
    await asyncio.to_thread(services.push, "test.elsewhere", {"type": "post", "seq": 1})
    await Board.post(2)
    assert (await hear(joined))["number"] == 2


def test_installations_that_share_a_server_do_not_hear_each_other() -> None:
    database = settings.REDIS_URL.rsplit("/", 1)[1]
    assert wire.channel("overlay") == f"greenroom.{database}.push.overlay"


async def test_after_redis_was_away_a_beat_tells_what_was_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    valkey = Valkey(tmp_path / "valkey")
    monkeypatch.setattr(settings, "REDIS_URL", valkey.url(0))
    services._redis.cache_clear()
    try:
        first = serving(valkey)
        await asyncio.to_thread(first.__enter__)
        client = await connect(address)
        await hear(client)
        await asyncio.to_thread(first.__exit__, None, None, None)
        await Board.post(9)
        with serving(valkey):
            assert await hear(client) == {"type": "beat", "group": Board.group, "seq": 1}
            await Board.post(10)
            assert (await hear(client))["number"] == 10
            await client.close()
    finally:
        services._redis.cache_clear()


def test_a_push_without_redis_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    services._redis.cache_clear()
    try:
        services.push("overlay", {"type": "cue", "seq": 1})
    finally:
        services._redis.cache_clear()
