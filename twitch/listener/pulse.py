"""What the listener says of itself, every few seconds, for whoever asks how it is."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

import structlog
from django.core.cache import cache

log = structlog.get_logger(__name__)

KEY = "pulse:eventsub"
EVERY_SECONDS = 5.0
KEPT_SECONDS = 30


@dataclass
class Pulse:
    """`ok` is whether events can come; `missing` says why a type is not subscribed to."""

    transport: str
    state: str = "starting"
    ok: bool = False
    connected_at: datetime | None = None
    session_id: str = ""
    last_message_at: datetime | None = None
    missing: dict[str, str] = field(default_factory=dict)

    def connected(self, state: str, session_id: str = "") -> None:
        self.state, self.ok, self.session_id = state, True, session_id
        self.connected_at = self.connected_at or datetime.now(UTC)

    def disconnected(self, state: str) -> None:
        self.state, self.ok, self.session_id, self.connected_at = state, False, "", None

    async def beat(self) -> None:
        """Write it down for ever; a cache that is away is no reason to stop listening."""
        while True:
            try:
                await asyncio.to_thread(cache.set, KEY, asdict(self), KEPT_SECONDS)
            except Exception as error:
                log.debug("eventsub.pulse_not_written", error=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)
