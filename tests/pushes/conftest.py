"""A small stage: one kind of socket, served for real in the test's own event loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from pushes.consumers import PushConsumer
from pushes.hub import Hub
from pushes.services import push


class Board(PushConsumer):
    """Shows the numbers that were posted, to those who do not ask for the secret room.

    In the room with a bell, how often it rang is told too.
    """

    group = "test.board"
    posts: list[int] = []
    rings = 0

    async def authorise(self) -> bool:
        if self.scope["path"] == "/bell":
            await self.join("test.bell", self.latest_ring)
        return bool(self.scope["path"] != "/secret")

    async def latest_ring(self) -> int:
        return self.rings

    async def snapshot(self) -> dict[str, Any]:
        return {"seq": len(self.posts), "posts": list(self.posts)}

    async def latest(self) -> int:
        return len(self.posts)

    @classmethod
    async def post(cls, number: int) -> None:
        cls.posts.append(number)
        message = {"type": "post", "seq": len(cls.posts), "number": number}
        await asyncio.to_thread(push, cls.group, message)


Joining = Callable[[], Awaitable[ClientConnection]]


@pytest.fixture(autouse=True)
def _empty_board() -> None:
    Board.posts = []
    Board.rings = 0


@pytest_asyncio.fixture
async def address() -> AsyncIterator[str]:
    config = uvicorn.Config(
        Board.as_asgi(), port=0, lifespan="off", ws="websockets-sansio", log_config=None
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"ws://127.0.0.1:{port}"
    server.should_exit = True
    await serving


@pytest_asyncio.fixture
async def joined(address: str) -> AsyncIterator[ClientConnection]:
    """A client that has read its first snapshot."""
    async with connect(f"{address}/board") as client:
        assert (await hear(client))["type"] == "snapshot"
        yield client


async def hear(client: ClientConnection) -> dict[str, Any]:
    """Return the next message."""
    async with asyncio.timeout(10):
        message: dict[str, Any] = json.loads(await client.recv())
    return message


async def say(client: ClientConnection, **message: Any) -> None:
    await client.send(json.dumps(message))


async def close_code(client: ClientConnection) -> int | None:
    """Return the code with which the server closes the client's socket."""
    async with asyncio.timeout(10):
        await client.wait_closed()
    return client.close_code


@asynccontextmanager
async def eventually(what: str) -> AsyncIterator[None]:
    """Give the block ten seconds."""
    try:
        async with asyncio.timeout(10):
            yield
    except TimeoutError:
        pytest.fail(f"It did not come about that {what}.")


def hub() -> Hub:
    return Hub.current()
