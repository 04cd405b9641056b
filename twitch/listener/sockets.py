"""Follows EventSub over WebSockets: connects, subscribes, moves along, and comes back when lost."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from typing import NoReturn

import structlog
from django.conf import settings

from tokens.services import TokenProblem
from twitch.client.envelope import Frame
from twitch.listener.desk import NO_DATABASE, TROUBLE, Desk
from twitch.listener.inbox import Inbox, Overflow
from twitch.listener.pulse import Pulse
from twitch.listener.socket import Lost, Socket, open_socket
from twitch.services.subscriptions import WEBSOCKET

log = structlog.get_logger(__name__)

CHECK_EVERY = 300.0
# A revoked subscription is asked for again at once, but not more often than this.
CHECK_AT_MOST_EVERY = 30.0
LOOK_FOR_TOKEN_EVERY = 3.0
LOOK_FOR_DATABASE_EVERY = 1.0
LONGEST_PAUSE = 60.0
# A connection that has lasted this long was a good one: the next pause is short again.
STEADY_AFTER = 60.0


class Sockets:
    """Hears events for as long as `listen` runs; only one process may do so at a time."""

    def __init__(self, pulse: Pulse, desk: Desk, inbox: Inbox) -> None:
        self._pulse = pulse
        self._desk = desk
        self._inbox = inbox
        self._session_id = ""
        self._revoked = asyncio.Event()

    async def listen(self) -> None:
        failures = 0
        while True:
            began = monotonic()
            try:
                await self._wait_for_token()
                began = monotonic()
                await self._follow()
            except (Lost, Overflow, *TROUBLE) as error:
                failures = 1 if monotonic() - began > STEADY_AFTER else failures + 1
                pause = _pause(failures)
                self._pulse.disconnected(f"reconnecting: {error}")
                log.warning("eventsub.disconnected", why=str(error), again_in=round(pause, 1))
                await asyncio.sleep(pause)
                # What is missed while a full inbox is emptied is found by reconciling.
                await self._inbox.drained()

    async def _wait_for_token(self) -> None:
        """Return with a token in store that lasts: a new socket must be used within ten seconds."""
        said = ""
        while True:
            try:
                return await self._desk.check_token()
            except TokenProblem as problem:
                why = problem.sentence
            except NO_DATABASE as error:
                why = f"no database ({type(error).__name__})"
            self._pulse.disconnected(f"waiting: {why}")
            if why != said:
                log.warning("eventsub.waiting_for_token", why=why)
                said = why
            await asyncio.sleep(LOOK_FOR_TOKEN_EVERY)

    async def _follow(self) -> NoReturn:
        """Connect afresh, and stay through every move until the connection is lost."""
        self._pulse.disconnected("connecting")
        socket = await open_socket(settings.TWITCH_EVENTSUB_WS_URL)
        log.info("eventsub.connected", session_id=socket.session_id)
        self._session_id = socket.session_id
        tending = asyncio.create_task(self._tend())
        try:
            while True:
                successor = await self._read(socket, tending)
                await self._leave(socket)
                socket = successor
                self._session_id = socket.session_id
                self._pulse.connected("connected", socket.session_id)
                log.info("eventsub.moved", session_id=socket.session_id)
        finally:
            tending.cancel()
            await socket.close()

    async def _tend(self) -> NoReturn:
        """Subscribe at once and look again from time to time; raises what is in the way."""
        await self._subscribe()
        self._pulse.connected("connected", self._session_id)
        try:
            await self._desk.reconcile()
        except TROUBLE as error:
            # The clock has it done as well, before long.
            log.warning("eventsub.not_reconciled", why=str(error))
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._revoked.wait(), CHECK_EVERY)
            self._revoked.clear()
            try:
                await self._subscribe()
            except TokenProblem:
                # A new consent is worth nothing to the old subscriptions: begin anew with it.
                raise
            except TROUBLE as error:
                log.warning("eventsub.not_checked", why=str(error))
            await asyncio.sleep(CHECK_AT_MOST_EVERY)

    async def _subscribe(self) -> None:
        while True:
            try:
                done = await self._desk.set_up(WEBSOCKET, self._session_id)
            except NO_DATABASE as error:
                # The socket is well, and Twitch ends it should this take too long.
                log.warning("eventsub.no_database", error=type(error).__name__)
                await asyncio.sleep(LOOK_FOR_DATABASE_EVERY)
            else:
                self._pulse.missing = done.missing
                return

    async def _read(self, socket: Socket, tending: asyncio.Task[NoReturn]) -> Socket:
        """Take what comes until another socket takes over; returns that one, welcomed."""
        frame = asyncio.create_task(socket.next())
        moving: asyncio.Task[Socket] | None = None
        try:
            while True:
                tasks = [task for task in (frame, tending, moving) if task is not None]
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                if moving is not None and moving.done():
                    return moving.result()
                if tending.done():
                    tending.result()
                if not frame.done():
                    continue
                if frame.exception() and moving is not None:
                    # Twitch has let go of the old socket before the new one was welcomed.
                    return await moving
                url = self._take(frame.result())
                if url and moving is None:
                    moving = asyncio.create_task(open_socket(url))
                frame = asyncio.create_task(socket.next())
        finally:
            frame.cancel()
            with suppress(asyncio.CancelledError, Lost):
                self._take(await frame)
            if moving is not None and not moving.done():
                moving.cancel()

    async def _leave(self, socket: Socket) -> None:
        """Close the old socket now that the new one is welcomed, and take what it still holds."""
        closing = asyncio.create_task(socket.close())
        with suppress(Lost):
            while True:
                self._take(await socket.next())
        await closing

    def _take(self, frame: Frame) -> str:
        """Deal with a frame; returns the address to move to, if that is what it says."""
        if frame.heading is not None:
            self._pulse.last_message_at = datetime.now(UTC)
            self._inbox.put(frame, frame.heading)
            if frame.kind == "revocation":
                self._revoked.set()
        elif frame.kind == "session_reconnect":
            return str(frame.session.get("reconnect_url") or "")
        elif frame.kind not in ("session_keepalive", "session_welcome"):
            log.info("eventsub.unknown_frame", kind=frame.kind[:40])
        return ""


def _pause(failures: int) -> float:
    """Return seconds, longer with each failure in a row; partly by chance, to spread the load."""
    longest = min(LONGEST_PAUSE, 2.0 ** min(failures, 10) / 4)
    return random.uniform(longest / 2, longest)  # noqa: S311 (no secret)
