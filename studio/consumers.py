"""The socket of the control room."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async

from accounts.models import User
from accounts.sockets import person_here
from pushes.consumers import NOT_ALLOWED, PushConsumer, Receive
from pushes.socket import Send
from studio.services import roles
from studio.services.watch import View, Watch


class StudioConsumer(PushConsumer):
    """Shows the panels to whoever may look: all at first, then those that have changed."""

    view: View | None = None

    async def authorise(self) -> bool:
        rights = await self._rights()
        if roles.LOOK not in rights:
            return False
        self.view = Watch.current().enter(rights)
        self.group = self.view.group
        return True

    async def snapshot(self) -> dict[str, Any]:
        view = self._view
        await Watch.current().refresh(view)
        return {"seq": view.seq, "panels": view.panels}

    async def latest(self) -> int:
        return self._view.seq

    async def hear(self, message: dict[str, Any]) -> None:
        await super().hear(message)
        if await self._rights() != self._view.rights:
            # The page comes again, with what may be seen now.
            self.socket.close(NOT_ALLOWED)

    @property
    def _view(self) -> View:
        assert self.view is not None  # noqa: S101 (nobody is heard before authorise)
        return self.view

    async def _converse(self, receive: Receive, send: Send) -> None:
        try:
            await super()._converse(receive, send)
        finally:
            if self.view is not None:
                Watch.current().leave(self.view)

    async def _rights(self) -> frozenset[str]:
        user: User | None = await person_here(self.scope)
        if user is None:
            return frozenset()
        rights: frozenset[str] = await database_sync_to_async(roles.rights)(user)
        return rights
