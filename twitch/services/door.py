"""The door: every EventSub message, by either transport, is committed before it is answered."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

import psycopg
import structlog
from django.db import connection as django_connection

from twitch.services.messages import poke

log = structlog.get_logger(__name__)

MOST_WAITING = 2000
MOST_AT_ONCE = 256
CONNECT_SECONDS = 3
COMMIT_SECONDS = 5.0
# Under load one poke stands for all messages of this time; a lone message is poked for at once.
POKE_PAUSE = 0.05

_INSERT = """
INSERT INTO twitch_message (message_id, kind, type, version, transport, sent_at, digest, body)
SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[],
                     %b::timestamptz[], %b::bytea[], %b::text[])
ON CONFLICT (message_id) DO NOTHING RETURNING message_id, digest
"""
_FIND = "SELECT message_id, digest FROM twitch_message WHERE message_id = ANY(%b::text[])"
_SET_ASIDE = """
INSERT INTO twitch_messageconflict (message_id, type, digest, body)
SELECT * FROM unnest(%b::text[], %b::text[], %b::bytea[], %b::text[])
ON CONFLICT (message_id, digest) DO NOTHING
"""

Connection = psycopg.AsyncConnection[tuple[Any, ...]]


class Arrival(NamedTuple):
    """A message at the door, in the order of the columns; `digest` is the SHA-256 of what was said.

    No text may hold a NUL or a lone surrogate: one such message would fail all that came with it.
    """

    message_id: str
    kind: str
    type: str
    version: str
    transport: str
    sent_at: datetime
    digest: bytes
    body: str


class Outcome(Enum):
    """What the door found: a new message, one it had already, or another one under a known id."""

    NEW = "new"
    KNOWN = "known"
    CONFLICT = "conflict"


class NotStored(Exception):
    """The message could not be stored now: it must come again."""


class Door:
    """Commits all waiting messages in one statement, then tells each of them its outcome.

    A door belongs to one event loop; it connects when the first message comes, and again whenever
    the database was away.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[Arrival, asyncio.Future[Outcome]]] = deque()
        self._connection: Connection | None = None
        self._writer: asyncio.Task[None] | None = None
        self._poker: asyncio.Task[None] | None = None
        self._poke_again = False
        self._abandoned: set[asyncio.Task[None]] = set()

    async def enter(self, arrival: Arrival) -> Outcome:
        """Return what became of the message, once committed; raises NotStored when it is not."""
        if len(self._waiting) >= MOST_WAITING:
            raise NotStored("Too many messages are waiting.")
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Outcome] = loop.create_future()
        self._waiting.append((arrival, outcome))
        if self._writer is None:
            self._writer = loop.create_task(self._write())
        return await outcome

    async def close(self) -> None:
        """Let go of the database and finish poking; a later message would connect again."""
        if self._poker is not None:
            await self._poker
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    # --- Writing -----------------------------------------------------------------------------

    async def _write(self) -> None:
        try:
            while self._waiting:
                count = min(MOST_AT_ONCE, len(self._waiting))
                await self._write_batch([self._waiting.popleft() for _ in range(count)])
        finally:
            self._writer = None

    async def _write_batch(self, batch: list[tuple[Arrival, asyncio.Future[Outcome]]]) -> None:
        arrivals = [arrival for arrival, _ in batch]
        try:
            outcomes = await self._store_in_time(arrivals)
        except Exception as error:
            # The text of a database error may quote the message.
            log.error("eventsub.not_stored", messages=len(batch), error=type(error).__name__)
            for _, future in batch:
                if not future.done():
                    future.set_exception(NotStored("The database did not take the message."))
            return
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if not future.done():
                future.set_result(outcome)
        for arrival, outcome in zip(arrivals, outcomes, strict=True):
            if outcome is Outcome.CONFLICT:
                log.error("eventsub.conflict", message_id=arrival.message_id, type=arrival.type)
        if Outcome.NEW in outcomes:
            self._poke_soon()

    async def _store_in_time(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        storing = asyncio.ensure_future(self._store_again(arrivals))
        # Not `asyncio.timeout`: a cancelled query waits for the very server that does not answer.
        done, _ = await asyncio.wait([storing], timeout=COMMIT_SECONDS)
        if not done:
            abandoning = asyncio.create_task(_abandon(storing, self._connection))
            self._abandoned.add(abandoning)
            abandoning.add_done_callback(self._abandoned.discard)
            self._connection = None
            raise TimeoutError
        return storing.result()

    async def _store_again(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        """Store on the standing connection; when that turns out to be broken, on a new one."""
        if self._connection is not None:
            with suppress(psycopg.OperationalError):
                return await self._store(self._connection, arrivals)
            await self._connection.close()
            self._connection = None
        self._connection = await connect()
        return await self._store(self._connection, arrivals)

    async def _store(self, connection: Connection, arrivals: Sequence[Arrival]) -> list[Outcome]:
        cursor = await connection.execute(_INSERT, _columns(arrivals))
        if cursor.rowcount == len(arrivals):
            return [Outcome.NEW] * len(arrivals)
        new = {(str(row[0]), bytes(row[1])) for row in await cursor.fetchall()}
        cursor = await connection.execute(_FIND, [[arrival.message_id for arrival in arrivals]])
        known = {str(row[0]): bytes(row[1]) for row in await cursor.fetchall()}
        outcomes = []
        for arrival in arrivals:
            said = (arrival.message_id, arrival.digest)
            if said in new:
                # A second one of the same batch is a redelivery.
                new.remove(said)
                outcomes.append(Outcome.NEW)
            else:
                same = known[arrival.message_id] == arrival.digest
                outcomes.append(Outcome.KNOWN if same else Outcome.CONFLICT)
        aside = [
            (arrival.message_id, arrival.type, arrival.digest, arrival.body)
            for arrival, outcome in zip(arrivals, outcomes, strict=True)
            if outcome is Outcome.CONFLICT
        ]
        if aside:
            await connection.execute(_SET_ASIDE, _columns(aside))
        return outcomes

    # --- Poking ------------------------------------------------------------------------------

    def _poke_soon(self) -> None:
        self._poke_again = True
        if self._poker is None:
            self._poker = asyncio.ensure_future(self._poke())

    async def _poke(self) -> None:
        """Wake a worker, off the event loop, one poke at a time for all that came meanwhile."""
        try:
            while self._poke_again:
                self._poke_again = False
                await asyncio.to_thread(poke)
                await asyncio.sleep(POKE_PAUSE)
        finally:
            self._poker = None


async def connect() -> Connection:
    """Open a connection to the database of our own, beside Django's; each statement commits."""
    params = django_connection.get_connection_params()
    # Django's own ways with cursors and types are for synchronous connections.
    del params["cursor_factory"], params["context"]
    params["connect_timeout"] = CONNECT_SECONDS
    # To plan the statement of the door takes as long as to run it: prepare it at first use.
    params["prepare_threshold"] = 0
    return await psycopg.AsyncConnection.connect(**params, autocommit=True)


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


async def _abandon(storing: asyncio.Future[list[Outcome]], connection: Connection | None) -> None:
    """Cancel what takes too long and, whenever the server lets go of it, close its connection."""
    storing.cancel()
    await asyncio.wait([storing])
    if connection is not None:
        await connection.close()
