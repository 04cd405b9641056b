"""The socket of an overlay page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.utils import timezone

from overlay import services
from overlay.models import OverlayPage
from overlay.services import pages
from pushes.consumers import NOT_ALLOWED, NOT_UNDERSTOOD, PushConsumer
from pushes.socket import Message
from songqueue.services import board
from tournaments.services import changes

# How often a page that lives is noted in the database, and its token looked at again.
NOTED_EVERY = timedelta(minutes=1)


class OverlayConsumer(PushConsumer):
    """Shows cues, the board of the songs and what is on in tournaments to whoever has a token.

    It takes nothing but `{"type": "page", "key": …, "version": …, "is_on_air": …,
    "is_visible": …, "shown": …}`: what the page says of itself.
    """

    group = services.GROUP
    noted_at: datetime

    def __init__(self, scope: Message) -> None:
        super().__init__(scope)
        self.page: OverlayPage | None = None

    async def authorise(self) -> bool:
        query = parse_qs(self.scope["query_string"].decode("latin-1"))
        token = await database_sync_to_async(services.check)(query.get("token", [""])[0])
        if token is None:
            return False
        # First the group, then another look: a revocation in between closes the socket too.
        await self.join(token.group)
        self.noted_at = timezone.now()
        self.page = await database_sync_to_async(pages.arrive)(token, self.noted_at)
        if self.page is None:
            return False
        await self.join(board.GROUP, self.latest_board)
        await self.join(changes.GROUP, self.latest_change)
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

    async def latest_change(self) -> int:
        seq: int = await database_sync_to_async(changes.latest)()
        return seq

    async def hear(self, message: dict[str, Any]) -> None:
        if self.page is None:
            return
        now = timezone.now()
        may_stay = True
        if message["type"] == "page":
            try:
                report = pages.Report.read(message)
            except ValueError:
                self.socket.close(NOT_UNDERSTOOD)
                return
            may_stay = await database_sync_to_async(pages.tell)(self.page, report, now)
        elif message["type"] != "seen":
            self.socket.close(NOT_UNDERSTOOD)
            return
        elif now - self.noted_at >= NOTED_EVERY:
            may_stay = await database_sync_to_async(pages.stay)(self.page, now)
        else:
            return
        self.noted_at = now
        if not may_stay:
            self.socket.close(NOT_ALLOWED)

    async def left(self) -> None:
        if self.page is not None:
            await database_sync_to_async(pages.leave)(self.page, timezone.now())
