"""What the console shows, topic by topic, and who is watching it change."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

# Watchers get at most one update in this many seconds, however fast things change.
QUIET_SECONDS = 0.1


@dataclass(frozen=True)
class Call:
    """One HTTP call that came in; status 0 means that it got no answer."""

    id: int
    at: str
    method: str
    path: str
    status: int
    ms: float


class Feed:
    """Topics with a snapshot each; a touched topic is sent again to every watcher."""

    def __init__(self) -> None:
        self._topics: dict[str, Callable[[], Any]] = {}
        self._watchers: set[_Watcher] = set()
        self._numbers = itertools.count(1)
        self.calls: deque[Call] = deque(maxlen=200)
        self.topic("calls", lambda: [asdict(call) for call in reversed(self.calls)])

    def topic(self, name: str, snapshot: Callable[[], Any]) -> None:
        """Show a new topic; ``snapshot`` answers its JSON-able content."""
        self._topics[name] = snapshot

    def touch(self, *names: str) -> None:
        """Say that topics have changed."""
        for watcher in self._watchers:
            watcher.touch(names)

    def touch_all(self) -> None:
        """Say that everything has changed."""
        self.touch(*self._topics)

    def close(self) -> None:
        """Send every watcher home."""
        for watcher in self._watchers:
            watcher.leave()

    def record(self, at: str, method: str, path: str, outcome: tuple[int, float]) -> None:
        """Log one call with its ``(status, milliseconds)``."""
        status, ms = outcome
        self.calls.append(Call(next(self._numbers), at, method, path, status, round(ms, 1)))
        self.touch("calls")

    def snapshot(self, names: set[str] | None = None) -> dict[str, Any]:
        """The content of the named topics, or of all."""
        return {
            name: read() for name, read in self._topics.items() if names is None or name in names
        }

    async def watch(self) -> AsyncIterator[dict[str, Any]]:
        """Everything first, then whatever changes, for as long as one listens."""
        with self._watching() as watcher:
            yield self.snapshot()
            while names := await watcher.changed():
                yield self.snapshot(names)
                await asyncio.sleep(QUIET_SECONDS)

    @contextmanager
    def _watching(self) -> Iterator[_Watcher]:
        watcher = _Watcher()
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)


class _Watcher:
    def __init__(self) -> None:
        self._names: set[str] = set()
        self._wake = asyncio.Event()
        self._left = False

    def leave(self) -> None:
        self._left = True
        self._wake.set()

    def touch(self, names: tuple[str, ...]) -> None:
        self._names.update(names)
        self._wake.set()

    async def changed(self) -> set[str]:
        """The topics touched since last asked; none when it is time to go."""
        await self._wake.wait()
        if self._left:
            return set()
        self._wake.clear()
        names, self._names = self._names, set()
        return names
