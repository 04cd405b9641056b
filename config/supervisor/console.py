"""The terminal: one line at a time, each under the name of the process that said it."""

from __future__ import annotations

import os
import re
from threading import Lock
from typing import TextIO

WIDTH = 9
COLOURS = {
    "greenroom": 32,
    "web": 36,
    "worker": 33,
    "watcher": 32,
    "beat": 34,
    "eventsub": 35,
    "rehearsal": 95,
    "postgres": 94,
    "valkey": 91,
}
# What a log line quotes may come from a stranger: it must not steer the terminal.
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
CONTROLS = dict.fromkeys([*range(9), *range(10, 32), *range(127, 160)])


class Console:
    """Writes lines to a terminal or a file; several threads may use it at once."""

    def __init__(self, output: TextIO) -> None:
        self.coloured = output.isatty() and not os.environ.get("NO_COLOR")
        self._output = output.buffer
        self._lock = Lock()

    def say(self, name: str, line: str) -> None:
        """Print one line said by the process `name`, without control characters."""
        label = name.ljust(WIDTH)
        if self.coloured:
            label = f"\x1b[{COLOURS.get(name, 37)}m{label}\x1b[0m"
        text = ESCAPES.sub("", line).translate(CONTROLS)
        self._write(f"{label} | {text}\n")

    def _write(self, text: str) -> None:
        with self._lock:
            try:
                self._output.write(text.encode("utf-8", "replace"))
                self._output.flush()
            except OSError:
                # The terminal was closed: what is left to do is to stop well.
                return
