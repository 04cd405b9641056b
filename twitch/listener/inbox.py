"""Messages that were heard and are not stored yet: kept in memory until the database has them."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from twitch.client.envelope import Frame, Heading, digest
from twitch.registry import is_wanted
from twitch.services.door import Arrival, Door, NotStored

log = structlog.get_logger(__name__)

MOST_KEPT = 10_000
MOST_AT_ONCE = 256
LONGEST_PAUSE = 10.0
LAST_CHANCE_SECONDS = 4.0


class Overflow(Exception):
    """The database takes nothing, and no more can be kept in memory."""


class Inbox:
    """Stores in the order of arrival, and tries for ever."""

    def __init__(self) -> None:
        self._door = Door()
        self._kept: asyncio.Queue[Arrival] = asyncio.Queue(MOST_KEPT)

    def put(self, frame: Frame, heading: Heading) -> None:
        """Take a notification that somebody wants, or a revocation; raises Overflow."""
        message_id, kind, type_, version, sent_at = heading
        if not is_wanted(type_, frame.payload):
            return
        body = frame.body
        arrival = Arrival(
            message_id, kind, type_, version, "websocket", sent_at, digest(body.encode()), body
        )
        try:
            self._kept.put_nowait(arrival)
        except asyncio.QueueFull:
            raise Overflow(f"{MOST_KEPT} messages wait for the database") from None

    async def store(self) -> None:
        """Store what is put, for ever."""
        while True:
            batch = [await self._kept.get()]
            while len(batch) < MOST_AT_ONCE and not self._kept.empty():
                batch.append(self._kept.get_nowait())
            pause = 0.5
            left = await self._stored(batch)
            while left:
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                left = await self._stored(left)
            for _ in batch:
                self._kept.task_done()

    async def drained(self) -> None:
        """Return when everything that was put is stored."""
        await self._kept.join()

    async def close(self) -> None:
        """Give what is left a last chance."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_CHANCE_SECONDS):
                await self.drained()
        if not self._kept.empty():
            log.error("eventsub.left_behind", messages=self._kept.qsize())
        await self._door.close()

    async def _stored(self, batch: list[Arrival]) -> list[Arrival]:
        """Bring them to the door together; returns those that it did not take."""
        results = await asyncio.gather(
            *(self._door.enter(arrival) for arrival in batch), return_exceptions=True
        )
        left = []
        for arrival, result in zip(batch, results, strict=True):
            if isinstance(result, NotStored):
                left.append(arrival)
            elif isinstance(result, BaseException):
                raise result
        return left
