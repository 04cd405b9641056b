"""Chat commands: from the viewer's line in chat to the answer under it, warm, in a rehearsal.

Greenroom runs whole, as `make run` starts it. Both times are the rehearsal's own: when it took in
the viewer's line, and when it took in ours. Between them are EventSub, the door, a worker and
Helix. Then the chat is filled with ordinary lines, which must cost next to nothing.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from config.embedded import free_port
from config.home import ROOT

PATIENCE = 60.0
WARM_UP = 10
# Twitch lets a moderator's account send a hundred lines in half a minute.
COMMANDS = 75
PER_SECOND = 3
LINES = 1000
LINES_PER_SECOND = 100
BAR_MS = 300


class Show:
    """A running Greenroom, and what is said in its chat."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, rehearsal_port: int) -> None:
        self.process = process
        self._port = port
        self._rehearsal_port = rehearsal_port

    def is_ready(self) -> bool:
        try:
            return bool(_read(self._port, "/health/ready")["status"] == "ready")
        except (OSError, ValueError):
            return False

    def say(self, text: str) -> str:
        """Say it as a viewer; returns the message's id."""
        wish = {"viewer": "ada", "text": text}
        return str(_read(self._rehearsal_port, "/control/chat", wish)["message_id"])

    def took(self) -> dict[str, float]:
        """Return, for each message that was answered, the milliseconds until its answer."""
        chat = {line["id"]: line for line in _read(self._rehearsal_port, "/control/chat")["chat"]}
        return {
            line["parent_id"]: 1000 * (_at(line) - _at(chat[line["parent_id"]]))
            for line in chat.values()
            if line["parent_id"]
        }

    def cpu(self) -> float:
        """Return the processor seconds that Greenroom has used, without the rehearsal's."""
        used = 0.0
        for process in psutil.Process(self.process.pid).children(recursive=True):
            if "rehearsal" not in process.cmdline():
                times = process.cpu_times()
                used += times.user + times.system
        return used


def main() -> None:
    """Print p50 and p95, in a quiet chat and in a full one, and the price of an ordinary line."""
    with _show() as show:
        _answers(show, WARM_UP)
        quiet = _answers(show, COMMANDS)
        # The limit of half a minute begins anew.
        time.sleep(30)
        began, idle = show.cpu(), _idle(show)
        full = _answers(show, COMMANDS // PER_SECOND, among=LINES)
        seconds = LINES / LINES_PER_SECOND
        spent = show.cpu() - began - idle
        print("commands: viewer's line to Greenroom's answer")
        for name, took in (("quiet chat", quiet), (f"{LINES_PER_SECOND} lines/s", full)):
            p95 = took[int(0.95 * len(took))]
            verdict = "met" if p95 <= BAR_MS else "MISSED"
            print(
                f"  {name:12} p50 {statistics.median(took):5.0f} ms, p95 {p95:5.0f} ms"
                f"  (bar {BAR_MS} ms, {verdict})"
            )
        print(f"  {LINES} ordinary lines cost {1000 * spent / LINES:.2f} ms of processor each")
        print(f"  ({spent / seconds:.0%} of one core while they came)")


def _answers(show: Show, number: int, among: int = 0) -> list[float]:
    """Use a command so often, evenly spread over ordinary lines; returns the sorted times."""
    rate = LINES_PER_SECOND if among else PER_SECOND
    total = among or number
    asked, began = [], time.monotonic()
    for count in range(total):
        is_command = count % (total // number) == 0 and len(asked) < number
        asked_id = show.say("!time" if is_command else f"ordinary chat, line {count}")
        if is_command:
            asked.append(asked_id)
        time.sleep(max(0.0, began + (count + 1) / rate - time.monotonic()))
    _wait_for(lambda: set(asked) <= show.took().keys(), "the answers")
    took = show.took()
    return sorted(took[message_id] for message_id in asked)


def _idle(show: Show) -> float:
    """Return what Greenroom spends in the time of the full chat when nothing is said."""
    before = show.cpu()
    time.sleep(LINES / LINES_PER_SECOND)
    return show.cpu() - before


@contextmanager
def _show() -> Iterator[Show]:
    with tempfile.TemporaryDirectory(prefix="greenroom-bench-") as folder:
        port, rehearsal_port = free_port(), free_port()
        env = {
            **os.environ,
            "GREENROOM_HOME": folder,
            "PORT": str(port),
            "REHEARSAL_PORT": str(rehearsal_port),
            "REHEARSAL": "on",
            "LOG_LEVEL": "warning",
        }
        with (Path(folder) / "show.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "config.supervisor"],
                cwd=ROOT,
                env=env,
                stdout=log,
                stderr=log,
            )
            show = Show(process, port, rehearsal_port)
            try:
                _wait_for(show.is_ready, "Greenroom to be ready")
                yield show
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(20)


def _read(port: int, path: str, wish: dict[str, str] | None = None) -> Any:
    """Return the JSON at that address, or the answer to a wish that is posted there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        body = None if wish is None else json.dumps(wish)
        headers = {"Content-Type": "application/json"}
        connection.request("POST" if wish else "GET", path, body, headers)
        return json.load(connection.getresponse())
    finally:
        connection.close()


def _at(line: dict[str, Any]) -> float:
    # Python keeps microseconds of the rehearsal's nanoseconds.
    return datetime.fromisoformat(line["sent_at"]).timestamp()


def _wait_for(condition: Callable[[], bool], what: str) -> None:
    ends_at = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > ends_at:
            raise TimeoutError(f"Waited {PATIENCE:g} s for {what}.")
        time.sleep(0.1)
