"""Never two listeners: a lock in the database, held by a connection of its own."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import structlog

from twitch.services.door import connect

log = structlog.get_logger(__name__)

# Any number will do that no other program takes for itself in this database.
KEY = 0x6772_6E72_6D01
LOOK_AGAIN_SECONDS = 3.0
ANSWER_SECONDS = 5.0


class ListenerLock:
    """PostgreSQL frees the lock when the connection ends, however this process ends."""

    def __init__(self) -> None:
        self._connection: psycopg.AsyncConnection[tuple[Any, ...]] | None = None

    async def acquire(self) -> None:
        """Wait until no other listener runs."""
        said = False
        while not await self._try():
            if not said:
                log.warning("eventsub.another_listener", detail="It has the lock; waiting for it.")
                said = True
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def is_ours(self) -> bool:
        """Tell whether nobody else can listen; takes again a lock that a restart has freed."""
        if self._connection is not None:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._connection.execute("SELECT 1")
            except (psycopg.Error, OSError, TimeoutError):
                await self.release()
            else:
                return True
        try:
            return await self._try_once()
        except (psycopg.Error, OSError, TimeoutError):
            # Without the database nobody can take it.
            return True

    async def release(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _try(self) -> bool:
        try:
            return await self._try_once()
        except (psycopg.Error, OSError, TimeoutError) as error:
            log.warning("eventsub.no_database", error=type(error).__name__)
            return False

    async def _try_once(self) -> bool:
        connection = await connect()
        cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", [KEY])
        row = await cursor.fetchone()
        if row is None or row[0] is not True:
            await connection.close()
            return False
        self._connection = connection
        return True
