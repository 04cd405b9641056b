"""What one client is still to be sent: bounded, and never waited for by anyone else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

# So many messages may be on their way to a client that has not said since that it sees them.
WINDOW = 256
# A client that leaves so many beats unanswered is gone, or cannot keep up.
BEATS = 3

TOO_SLOW = 4408


def text_message(text: str) -> Message:
    return {"type": "websocket.send", "text": text}


class Socket:
    """One client's queue.

    A server's `send` may buffer without end, so the client itself says what it has seen. One that
    falls behind by WINDOW messages gets none until it does, and then a snapshot instead.
    """

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Message] = asyncio.Queue()
        # What comes while a snapshot is being read must reach the client after it.
        self._held: list[Message] | None = []
        self._unseen = 0
        self._beats = 0
        self.is_behind = False
        self.is_closed = False

    def offer(self, message: Message) -> None:
        """Take a delta, the same object for every socket of a group."""
        if self.is_behind or self.is_closed:
            return
        if self._unseen >= WINDOW:
            self.is_behind = True
            return
        self._unseen += 1
        if self._held is None:
            self._queue.put_nowait(message)
        else:
            self._held.append(message)

    def beat(self, *messages: Message) -> None:
        """Take a heartbeat, one message for each group, which the client has to answer."""
        self._beats += 1
        if self._beats > BEATS:
            self.close(TOO_SLOW)
        elif self._held is None and not self.is_closed:
            for message in messages:
                self._queue.put_nowait(message)

    def seen(self) -> None:
        """The client has seen what it was sent."""
        self._unseen = self._beats = 0

    def hold(self) -> None:
        """Keep deltas back until the snapshot that is being read now is released."""
        self._held = []
        self._unseen = 0
        self.is_behind = False

    def release(self, snapshot: Message) -> None:
        """Send the snapshot, then what came meanwhile."""
        held, self._held = self._held or [], None
        if not self.is_closed:
            for message in (snapshot, *held):
                self._queue.put_nowait(message)

    def close(self, code: int) -> None:
        """Drop what still waits and close the socket."""
        if self.is_closed:
            return
        self.is_closed = True
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait({"type": "websocket.close", "code": code})

    async def write(self, send: Send) -> None:
        """Send what comes, until the socket is closed or its client is gone."""
        while True:
            message = await self._queue.get()
            if not self._is_news(message):
                continue
            try:
                await send(message)
            except OSError:
                return
            if message["type"] == "websocket.close":
                return

    def _is_news(self, message: Message) -> bool:
        """Tell, when its turn has come, whether a message is still worth sending."""
        return True


class NewestSocket(Socket):
    """A queue of messages that each say all there is: an older one never follows a newer one.

    Commits and pushes of several processes may overtake each other, and a snapshot both.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seq = -1

    def _is_news(self, message: Message) -> bool:
        if message["type"] != "websocket.send":
            return True
        said = json.loads(message["text"])
        if said["type"] == "beat":
            return True
        # The same once more is an answer to a client that asked.
        if said["seq"] < self._seq:
            return False
        self._seq = said["seq"]
        return True
