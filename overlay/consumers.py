"""The socket of an overlay page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.utils import timezone

from overlay import services
from overlay.models import OverlayToken
from pushes.consumers import NOT_ALLOWED, NOT_UNDERSTOOD, PushConsumer
from pushes.socket import Message
from songqueue.services import board

# How often a page that lives is noted in the database, and its token looked at again.
NOTED_EVERY = timedelta(minutes=1)


class OverlayConsumer(PushConsumer):
    """Shows cues and the board of the songs to whoever has a token.

    It takes nothing but `{"type": "on_air", "is_on_air": …}`.
    """

    group = services.GROUP
    token: OverlayToken

    def __init__(self, scope: Message) -> None:
        super().__init__(scope)
        self.is_on_air: bool | None = None
        self.noted_at: datetime | None = None

    async def authorise(self) -> bool:
        query = parse_qs(self.scope["query_string"].decode("latin-1"))
        token = await database_sync_to_async(services.check)(query.get("token", [""])[0])
        if token is None:
            return False
        self.token = token
        # First the group, then another look: a revocation in between closes the socket too.
        await self.join(token.group)
        if not await self._note():
            return False
        await self.join(board.GROUP, self.latest_board)
        return True

    async def snapshot(self) -> dict[str, Any]:
        taken: dict[str, Any] = await database_sync_to_async(services.snapshot)(timezone.now())
        return taken

    async def latest(self) -> int:
        seq: int = await database_sync_to_async(services.latest)()
        return seq

    async def latest_board(self) -> int:
        seq: int = await database_sync_to_async(board.latest)()
        return seq

    async def hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "on_air":
            if not isinstance(message.get("is_on_air"), bool):
                self.socket.close(NOT_UNDERSTOOD)
                return
            self.is_on_air, self.noted_at = message["is_on_air"], None
        elif message["type"] != "seen":
            self.socket.close(NOT_UNDERSTOOD)
            return
        if self._is_due() and not await self._note():
            self.socket.close(NOT_ALLOWED)

    def _is_due(self) -> bool:
        return self.noted_at is None or timezone.now() - self.noted_at >= NOTED_EVERY

    async def _note(self) -> bool:
        self.noted_at = timezone.now()
        touch = database_sync_to_async(services.touch)
        may_stay: bool = await touch(self.token, self.noted_at, is_on_air=self.is_on_air)
        return may_stay
