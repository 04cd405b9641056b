"""The watcher: looks at the room once a second while somebody does, and says what has changed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from hashlib import sha256
from weakref import WeakKeyDictionary

import structlog
from channels.db import database_sync_to_async
from django.utils import timezone

from pushes import wire
from pushes.hub import Hub
from studio.services import room

log = structlog.get_logger(__name__)

EVERY = 1.0

Rights = frozenset[str]
Panels = dict[str, str]


@dataclass
class View:
    """The room as people with the same rights see it; `seq` numbers its changes."""

    rights: Rights
    seq: int = 0
    panels: Panels = field(default_factory=dict)
    watchers: int = 0

    @property
    def group(self) -> str:
        """The push group of their sockets; it is heard in this process only."""
        return f"studio.{sha256(' '.join(sorted(self.rights)).encode()).hexdigest()[:12]}"


class Watch:
    """Renders for the sockets of one event loop, once for each set of rights among them."""

    _watches: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()

    def __init__(self) -> None:
        self._views: dict[Rights, View] = {}
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def current(cls) -> Watch:
        """Return the watch of the running loop."""
        loop = asyncio.get_running_loop()
        if loop not in cls._watches:
            cls._watches[loop] = cls()
        return cls._watches[loop]

    def enter(self, rights: Rights) -> View:
        """Begin to look with these rights."""
        view = self._views.setdefault(rights, View(rights))
        view.watchers += 1
        if self._task is None:
            self._task = asyncio.create_task(self._look())
        return view

    def leave(self, view: View) -> None:
        """Stop looking; with the last one the watch rests."""
        view.watchers -= 1
        if not view.watchers:
            self._views.pop(view.rights, None)
        if not self._views and self._task is not None:
            self._task.cancel()
            self._task = None

    async def refresh(self, *views: View) -> None:
        """Bring these views up to date, and tell their sockets what has changed."""
        rendered = await database_sync_to_async(_render)([view.rights for view in views])
        for view, panels in zip(views, rendered, strict=True):
            self._tell(view, panels)

    def _tell(self, view: View, panels: Panels) -> None:
        changed = {name: html for name, html in panels.items() if view.panels.get(name) != html}
        is_first = not view.panels
        view.panels = panels
        if changed:
            view.seq += 1
        if changed and not is_first:
            message = {"type": "panels", "seq": view.seq, "panels": changed}
            Hub.current().offer(view.group, wire.encode(message))

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.refresh(*self._views.values())
            except Exception as error:
                # The page says by itself how old it is; it is looked again in a second.
                log.warning("studio.not_seen", error=type(error).__name__)


def _render(rights: list[Rights]) -> list[Panels]:
    seen = room.look(timezone.now())
    return [room.panels(seen, of) for of in rights]
