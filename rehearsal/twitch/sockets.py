"""EventSub over WebSocket: sessions, keepalives, reconnects and the close codes."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from rehearsal import clock
from rehearsal.faults import Faults
from rehearsal.feed import Feed
from rehearsal.twitch.messages import Message

UNUSED_SECONDS = 10
RECONNECT_SECONDS = 30
KEEPALIVE = 10
KEEPALIVE_RANGE = (10, 600)

_REASONS = {
    4001: "websocket_received_inbound_traffic",
    4003: "websocket_connection_unused",
    4004: "websocket_failed_to_reconnect",
}
_TEXTS = {
    4000: "internal server error",
    4001: "received inbound traffic",
    4003: "connection unused",
    4004: "client reconnect grace time expired",
    4007: "invalid reconnect",
}


@dataclass
class Session:
    """One connected socket. ``owner`` is the (client id, user id) that its subscriptions share."""

    id: str
    socket: web.WebSocketResponse
    transport: asyncio.WriteTransport
    keepalive: int
    url: str
    connected_at: str = field(default_factory=clock.nanoseconds)
    owner: tuple[str, str] | None = None
    ticket: str = ""
    moved: bool = False
    closed_with: int = 0
    outbox: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    def admits(self, ticket: str) -> bool:
        """Whether this is the ticket of the reconnect that the session was asked for."""
        return bool(self.ticket) and secrets.compare_digest(self.ticket.encode(), ticket.encode())

    def describe(self, status: str, reconnect_url: str | None = None) -> dict[str, Any]:
        """The ``session`` object of a welcome or a reconnect message."""
        return {
            "id": self.id,
            "status": status,
            "connected_at": self.connected_at,
            "keepalive_timeout_seconds": None if status == "reconnecting" else self.keepalive,
            "reconnect_url": reconnect_url,
        }


class Sockets:
    """The sessions that are connected.

    ``lost(session_id, status)`` is called when a session's subscriptions end with it;
    ``moved(old_id, new)`` when they follow a reconnect; ``used(session_id)`` answers whether it
    has any.
    """

    def __init__(self, feed: Feed, faults: Faults) -> None:
        self.lost: Callable[[str, str], None] = lambda _id, _status: None
        self.moved: Callable[[str, Session], None] = lambda _id, _session: None
        self.used: Callable[[str], bool] = lambda _id: False
        self._sessions: dict[str, Session] = {}
        self._feed = feed
        self._faults = faults

    def get(self, session_id: str) -> Session | None:
        """The connected session with this id, if it still accepts subscriptions."""
        session = self._sessions.get(session_id)
        return session if session and not session.moved else None

    def snapshot(self) -> list[dict[str, Any]]:
        """The connected sessions, for the console."""
        return [
            {
                "id": session.id,
                "connected_at": session.connected_at,
                "keepalive": session.keepalive,
                "user": session.owner[1] if session.owner else "",
                "leaving": bool(session.ticket or session.moved),
            }
            for session in self._sessions.values()
        ]

    def owned(self, client_id: str, user_id: str) -> list[Session]:
        """The sessions whose subscriptions belong to this client and user."""
        return [
            session
            for session in self._sessions.values()
            if session.owner == (client_id, user_id) and not session.moved
        ]

    def send(self, message: Message) -> None:
        """Queue a notification or revocation on its subscription's socket."""
        session = self._sessions.get(message.subscription.session_id)
        if session:
            session.outbox.put_nowait(_notice(message))

    def drop(self) -> None:
        """Cut every connection without a closing handshake."""
        for session in list(self._sessions.values()):
            session.transport.abort()

    def ask_to_reconnect(self) -> None:
        """Tell every session to move to another connection within the grace time."""
        for session in list(self._sessions.values()):
            if session.ticket or session.moved:
                continue
            session.ticket = secrets.token_urlsafe(16)
            url = f"{session.url}?id={session.id}&ticket={session.ticket}"
            body = {"session": session.describe("reconnecting", url)}
            self._queue(session, "session_reconnect", body)
            self._later(RECONNECT_SECONDS, session, 4004)
        self._feed.touch("sockets")

    async def close(self) -> None:
        """Close every connection."""
        for session in list(self._sessions.values()):
            await session.socket.close(code=4000, message=_TEXTS[4000].encode())

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """``GET /twitch/ws``: serve one connection until it ends."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        transport = request.transport
        if transport is None:
            return socket
        old = self._sessions.get(request.query.get("id", ""))
        ticket = request.query.get("ticket")
        if ticket is not None and not (old and old.admits(ticket)):
            await socket.close(code=4007, message=_TEXTS[4007].encode())
            return socket
        session = Session(
            id=f"session_{uuid.uuid4().hex}",
            socket=socket,
            transport=transport,
            keepalive=_keepalive(request, old),
            url=str(request.url.with_query(None).with_scheme("ws")),
        )
        self._sessions[session.id] = session
        await self._welcome(session, old if ticket is not None else None)
        await self._serve(session)
        return socket

    async def _welcome(self, session: Session, old: Session | None) -> None:
        self._queue(session, "session_welcome", {"session": session.describe("connected")})
        if old is not None:
            session.owner = old.owner
            old.ticket, old.moved = "", True
            self.moved(old.id, session)
            self._later(RECONNECT_SECONDS, old, 4004)
        else:
            self._later(UNUSED_SECONDS, session, 4003)
        self._feed.touch("sockets")

    async def _serve(self, session: Session) -> None:
        writer = asyncio.create_task(self._write(session))
        try:
            async for frame in session.socket:
                if frame.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    await self._close(session, 4001)
                    break
        finally:
            writer.cancel()
            self._sessions.pop(session.id, None)
            if not session.moved:
                reason = _REASONS.get(session.closed_with, "websocket_disconnected")
                self.lost(session.id, reason)
            self._feed.touch("sockets")

    async def _write(self, session: Session) -> None:
        while True:
            try:
                text = await asyncio.wait_for(session.outbox.get(), session.keepalive)
            except TimeoutError:
                text = _envelope("session_keepalive", {})
            if self._faults.is_on("silence"):
                continue
            try:
                await session.socket.send_str(text)
            except ConnectionError:
                return

    def _queue(self, session: Session, type: str, payload: dict[str, Any]) -> None:
        session.outbox.put_nowait(_envelope(type, payload))

    def _later(self, seconds: float, session: Session, code: int) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(seconds, lambda: loop.create_task(self._expire(session, code)))

    async def _expire(self, session: Session, code: int) -> None:
        if code == 4003 and self.used(session.id):
            return
        if session.id in self._sessions:
            await self._close(session, code)

    async def _close(self, session: Session, code: int) -> None:
        session.closed_with = code
        await session.socket.close(code=code, message=_TEXTS[code].encode())


def _keepalive(request: web.Request, old: Session | None) -> int:
    asked = request.query.get("keepalive_timeout_seconds", "")
    if not re.fullmatch(r"[0-9]{1,9}", asked):
        return old.keepalive if old else KEEPALIVE
    low, high = KEEPALIVE_RANGE
    return max(low, min(high, int(asked)))


def _envelope(type: str, payload: dict[str, Any], **about: str) -> str:
    metadata = {
        "message_id": str(uuid.uuid4()),
        "message_type": type,
        "message_timestamp": clock.nanoseconds(),
        **about,
    }
    return json.dumps({"metadata": metadata, "payload": payload})


def _notice(message: Message) -> str:
    """The frame of a message, with the time at which it was made: it may have been held."""
    return _envelope(
        message.type,
        message.body,
        message_id=message.id,
        message_timestamp=message.sent_at,
        subscription_type=message.subscription.type,
        subscription_version=message.subscription.version,
    )
