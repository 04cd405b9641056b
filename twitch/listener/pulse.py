"""What the listener says of itself, every few seconds, for whoever asks how it is."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import NoReturn

import structlog
from django.core.cache import cache

log = structlog.get_logger(__name__)

KEY = "pulse:eventsub"
EVERY_SECONDS = 5.0
KEPT_SECONDS = 30


class Pulse:
    """`ok` is whether events can come; `missing` says why a type is not subscribed to."""

    def __init__(self, transport: str) -> None:
        self.transport = transport
        self.state = "starting"
        self.ok = False
        self.connected_at: datetime | None = None
        self.session_id = ""
        self.last_message_at: datetime | None = None
        self.missing: dict[str, str] = {}
        self._changed = asyncio.Event()

    def connected(self, state: str, session_id: str = "") -> None:
        self.state, self.ok, self.session_id = state, True, session_id
        self.connected_at = self.connected_at or datetime.now(UTC)
        self._changed.set()

    def disconnected(self, state: str) -> None:
        self.state, self.ok, self.session_id, self.connected_at = state, False, "", None
        self._changed.set()

    async def beat(self) -> NoReturn:
        """Write it down for ever, at once when it changes."""
        while True:
            self._changed.clear()
            said = {name: value for name, value in vars(self).items() if name != "_changed"}
            try:
                await asyncio.to_thread(cache.set, KEY, said, KEPT_SECONDS)
            except Exception as error:
                # A cache that is away is no reason to stop listening.
                log.debug("eventsub.pulse_not_written", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), EVERY_SECONDS)
