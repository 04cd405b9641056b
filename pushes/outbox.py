"""Messages that wait to be sent: whoever pushes does not wait for Redis, and many go at once."""

from __future__ import annotations

import atexit
import os
import time
from collections import deque
from collections.abc import Callable
from threading import Event, Lock, Thread

import structlog

log = structlog.get_logger(__name__)

Message = tuple[str, str]
Send = Callable[[list[Message]], None]

# Between two round trips, for more messages to come; nobody sees it, and it saves most of the work.
PAUSE = 0.01
# While Redis is away the oldest are given up: the next beat tells of them.
MOST = 10_000


class Outbox:
    """Hands (channel, text) pairs to `send` in their order, from a thread of its own."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._forget()
        # A thread does not live on in a forked child, nor are the messages the child's.
        os.register_at_fork(after_in_child=self._forget)
        atexit.register(self.flush)

    def put(self, messages: list[Message]) -> None:
        self._waiting.extend(messages)
        if self._thread is None:
            self._start()
        self._is_due.set()

    def flush(self) -> None:
        """Send what waits, now."""
        with self._sending:
            messages = []
            while self._waiting:
                messages.append(self._waiting.popleft())
            if messages:
                self._send(messages)

    def _forget(self) -> None:
        self._waiting: deque[Message] = deque(maxlen=MOST)
        self._is_due = Event()
        self._sending = Lock()
        self._starting = Lock()
        self._thread: Thread | None = None

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="pushes", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while self._is_due.wait():
            self._is_due.clear()
            try:
                self.flush()
            except Exception:
                # Whatever it is, the next messages are sent again.
                log.exception("pushes.outbox_failed")
            time.sleep(PAUSE)
