"""The base of every live socket: a snapshot at connect, numbered deltas, heartbeats.

The server says `{"type": "snapshot", "seq": n, …}`, then deltas `{"type": …, "seq": n + 1, …}` and
every ten seconds `{"type": "beat", "group": …, "seq": n}`. The client answers each beat, and at
least every hundredth delta, with `{"type": "seen"}`; on any gap it asks with
`{"type": "snapshot?"}`. A socket that joins more groups carries more streams, each with numbers of
its own.

It is plain ASGI: a Channels consumer would cost each socket a Redis subscription.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from pushes import wire
from pushes.hub import BEAT, Hub, Latest
from pushes.socket import Message, Send, Socket, text_message

log = structlog.get_logger(__name__)

Receive = Callable[[], Awaitable[Message]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

NOT_UNDERSTOOD = 4400
NOT_SIGNED_IN = 4401
NOT_ALLOWED = 4403
TOO_LARGE = 4413
TOO_MANY = 4429
NOT_NOW = 4503

LARGEST = 2048
# A client may say so many things between two beats.
MOST = 30


class PushConsumer:
    """One socket, from connect to end; a subclass says who may listen and what there is to see."""

    group: str
    socket_class: type[Socket] = Socket

    def __init__(self, scope: Message) -> None:
        self.scope = scope
        self.socket = self.socket_class()
        self._hub = Hub.current()
        self._groups: list[str] = []
        self._allowance = MOST
        self._allowance_ends = 0.0

    @classmethod
    def as_asgi(cls) -> App:
        async def app(scope: Message, receive: Receive, send: Send) -> None:
            await cls(scope)._converse(receive, send)

        return app

    async def authorise(self) -> bool:
        """Tell whether this client may listen; the socket may be closed here with a better code."""
        raise NotImplementedError

    async def snapshot(self) -> dict[str, Any]:
        """Return all there is to see now, with the `seq` that it stands for, or another `type`."""
        raise NotImplementedError

    async def latest(self) -> int:
        """Return the newest sequence number."""
        raise NotImplementedError

    async def hear(self, message: dict[str, Any]) -> None:
        """Take what the client says: `seen`, or a type of its own; the base knows no other."""
        if message["type"] != "seen":
            self.socket.close(NOT_UNDERSTOOD)

    async def left(self) -> None:
        """The client is gone."""

    async def join(self, group: str, latest: Latest | None = None) -> None:
        """Listen to one more group; with `latest` its deltas are numbered, and it has beats."""
        self._groups.append(group)
        await self._hub.join(group, self.socket, latest)

    async def _converse(self, receive: Receive, send: Send) -> None:
        await receive()
        # Accepted in any case: a browser sees the close code only of a socket that was open.
        await send({"type": "websocket.accept"})
        writer = asyncio.create_task(self.socket.write(send))
        try:
            await self._guarded(self._open())
            while (event := await receive())["type"] != "websocket.disconnect":
                if not self.socket.is_closed:
                    await self._guarded(self._receive(event))
        finally:
            for group in self._groups:
                self._hub.leave(group, self.socket)
            writer.cancel()
            await self._guarded(self.left())

    async def _guarded(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception:
            log.exception("pushes.socket_failed", consumer=type(self).__name__)
            self.socket.close(NOT_NOW)

    async def _open(self) -> None:
        if not await self.authorise():
            self.socket.close(NOT_ALLOWED)
            return
        await self.join(self.group, self.latest)
        await self._send_snapshot()

    async def _send_snapshot(self) -> None:
        self.socket.hold()
        text = wire.encode({"type": "snapshot", **await self.snapshot()})
        self.socket.release(text_message(text))

    async def _receive(self, event: Message) -> None:
        text = event.get("text") or ""
        if len(text) > LARGEST or event.get("bytes"):
            self.socket.close(TOO_LARGE)
        elif not self._may_speak():
            self.socket.close(TOO_MANY)
        elif (message := _parse(text)) is None:
            self.socket.close(NOT_UNDERSTOOD)
        elif message["type"] == "snapshot?":
            await self._send_snapshot()
        else:
            was_behind = self.socket.is_behind
            if message["type"] == "seen":
                self.socket.seen()
            await self.hear(message)
            if was_behind and not self.socket.is_closed:
                await self._send_snapshot()

    def _may_speak(self) -> bool:
        now = asyncio.get_running_loop().time()
        if now >= self._allowance_ends:
            self._allowance, self._allowance_ends = MOST, now + BEAT
        self._allowance -= 1
        return self._allowance >= 0


def _parse(text: str) -> dict[str, Any] | None:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(message, dict) and isinstance(message.get("type"), str):
        return message
    return None
