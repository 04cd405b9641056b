"""The socket of a viewer's balance."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async

from accounts.models import User
from accounts.sockets import person
from points.services.ledger import telling
from pushes.consumers import NOT_ALLOWED, NOT_SIGNED_IN, PushConsumer
from pushes.socket import NewestSocket


class BalanceConsumer(PushConsumer):
    """Tells one viewer what they have: at first, and after each change.

    Every message is the same, `{"type": "POINTS_UPDATE", "balance": n, "available": n, "seq": n}`,
    and none is older than one before. Who is not signed in is hung up on with 4401, who is
    not known as a viewer with 4403.
    """

    socket_class = NewestSocket
    viewer_id = ""

    async def authorise(self) -> bool:
        self.viewer_id = await self._who() or ""
        self.group = telling.group(self.viewer_id)
        return bool(self.viewer_id)

    async def snapshot(self) -> dict[str, Any]:
        return (await self._balance()).message()

    async def latest(self) -> int:
        return (await self._balance()).seq

    async def hear(self, message: dict[str, Any]) -> None:
        await super().hear(message)
        # Who has signed out meanwhile hears no more.
        if await self._who() != self.viewer_id:
            self.socket.close(NOT_SIGNED_IN)

    async def _who(self) -> str | None:
        user: User | None = await person(self.scope)
        if user is None:
            self.socket.close(NOT_SIGNED_IN)
            return None
        if user.viewer_id is None:
            self.socket.close(NOT_ALLOWED)
        return user.viewer_id

    async def _balance(self) -> telling.Balance:
        found: telling.Balance = await database_sync_to_async(telling.balance_of)(self.viewer_id)
        return found
