"""The socket that tells when the channel goes live and when it goes off."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async

from pushes.consumers import PushConsumer
from twitch.services import stream_state
from twitch.services.streams import GROUP


class StreamConsumer(PushConsumer):
    """Tells everybody: a snapshot, then `stream_online` and `stream_offline`."""

    group = GROUP

    async def authorise(self) -> bool:
        return True

    async def snapshot(self) -> dict[str, Any]:
        taken: dict[str, Any] = await database_sync_to_async(stream_state.state)()
        return taken

    async def latest(self) -> int:
        seq: int = await database_sync_to_async(stream_state.latest)()
        return seq
