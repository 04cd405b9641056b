"""The socket of the queue's page."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async
from django.utils import timezone

from pushes.consumers import PushConsumer
from songqueue.services import board


class QueueConsumer(PushConsumer):
    """Shows the board to everybody, and takes nothing but that it was seen."""

    group = board.GROUP

    async def authorise(self) -> bool:
        return True

    async def snapshot(self) -> dict[str, Any]:
        taken: dict[str, Any] = await database_sync_to_async(board.told)(timezone.now())
        return taken

    async def latest(self) -> int:
        seq: int = await database_sync_to_async(board.latest)()
        return seq
