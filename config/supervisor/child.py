"""One process that is kept running: its output read, its end noticed, its restart delayed."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from threading import Thread
from typing import IO

from config.programs import Program, signal_group
from config.supervisor.console import Console

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
# A process that ran this long before it ended starts anew with the first delay.
STEADY = 60.0
LONGEST_LINE = 64 * 1024


class Child:
    """Keeps one program running; all its methods are called from the supervisor's one thread."""

    def __init__(
        self, program: Program, console: Console, prepare: Callable[[], None] | None = None
    ) -> None:
        """`prepare` is called before every restart."""
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self._console = console
        self._prepare = prepare
        self._delay = FIRST_DELAY
        self._started = 0.0
        self._due = 0.0

    @property
    def pid(self) -> int:
        """Return the process id, 0 while it does not run."""
        return self.process.pid if self.process else 0

    def start(self) -> None:
        """Start the program and read what it says."""
        self.process = self.program.start(subprocess.PIPE)
        self._started = time.monotonic()
        if self.process.stdout:
            Thread(target=self._read, args=[self.process.stdout], daemon=True).start()

    def tend(self) -> None:
        """Notice that it ended, and start it again when its delay is over."""
        now = time.monotonic()
        if self.process is None:
            if now >= self._due:
                self._restart()
        elif (code := self.process.poll()) is not None:
            # Its own children would hold its port or do its work twice.
            signal_group(self.process.pid, signal.SIGKILL)
            self.process = None
            if now - self._started > STEADY:
                self._delay = FIRST_DELAY
            self._say(f"ended by itself ({_how(code)}); starting again in {self._delay:g} s")
            self._due = now + self._delay
            self._delay = min(self._delay * 2, LONGEST_DELAY)

    def ask_to_stop(self) -> None:
        """Send the program its signal to stop; its own children hear of it from it."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.program.stop_signal)

    def has_stopped(self) -> bool:
        """Tell whether the program itself has ended."""
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """End the program's whole process group at once."""
        if self.process:
            if self.process.poll() is None:
                self._say("did not stop in time and was killed")
            signal_group(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def _restart(self) -> None:
        try:
            if self._prepare:
                self._prepare()
            self.start()
        except Exception as error:
            # Whatever stands in the way now may be gone at the next try.
            self._say(f"cannot start: {error}; trying again in {self._delay:g} s")
            self._due = time.monotonic() + self._delay
            self._delay = min(self._delay * 2, LONGEST_DELAY)

    def _read(self, output: IO[bytes]) -> None:
        with output:
            while line := output.readline(LONGEST_LINE):
                if text := line.decode("utf-8", "replace").rstrip():
                    self._say(text)

    def _say(self, text: str) -> None:
        self._console.say(self.program.name, text)


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    return f"signal {signal.Signals(-code).name}"
