"""The whole of Greenroom, started as its user starts it, and played on through the rehearsal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from config.embedded import free_port
from config.home import ROOT

OURS = ("GREENROOM_HOME", "DATABASE_URL", "REDIS_URL", "REHEARSAL", "TWITCH_CLIENT_ID")


class Show:
    """A running Greenroom: its addresses, its processes, and the hand on the rehearsal."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port, self.rehearsal_port = free_port(), free_port()
        self.log = home.with_name("show.log")
        ours = {name: value for name, value in os.environ.items() if name not in OURS}
        self.env = {
            **ours,
            "GREENROOM_HOME": str(home),
            "PORT": str(self.port),
            "REHEARSAL_PORT": str(self.rehearsal_port),
            "PUBLIC_URL": f"http://localhost:{self.port}",
            "LOG_FORMAT": "json",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ADMIN_KEY": "open sesame",
        }

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.supervisor"],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.wait_for(self.is_ready, "Greenroom to be ready", 60)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(15)

    def is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(self.log.read_text())
        try:
            # Behind the last start comes the list of addresses.
            return self.get("/health/ready")["status"] == "ready"
        except (OSError, ValueError):
            return False

    def wait_for(self, condition: Callable[[], Any], what: str, seconds: float = 30) -> Any:
        """Return the condition's first truth; fails with the log's end when it never comes."""
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            if found := condition():
                return found
            time.sleep(0.05)
        raise AssertionError(f"Waited {seconds} s for {what}.\n{self.log.read_text()[-4000:]}")

    def get(self, path: str) -> Any:
        """Return the web process's JSON, as the holder of the admin key."""
        return _call(f"http://127.0.0.1:{self.port}{path}", {"X-Admin-Key": "open sesame"})

    def control(self, path: str, wish: dict[str, Any] | None = None) -> Any:
        """Return what the rehearsal's control API answers to a wish, or without one to a look."""
        body = None if wish is None else json.dumps(wish).encode()
        url = f"http://127.0.0.1:{self.rehearsal_port}/control/{path}"
        return _call(url, {"Content-Type": "application/json"}, body)

    def processes(self, name: str) -> list[psutil.Process]:
        """Return the processes below the supervisor whose command line has this word."""
        found = []
        for process in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if name in " ".join(process.cmdline()):
                    found.append(process)
            except psutil.Error:
                continue
        return found


def _call(url: str, headers: dict[str, str], body: bytes | None = None) -> Any:
    request = urllib.request.Request(url, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Show]:
    show = Show(tmp_path / "home")
    show.home.mkdir()
    try:
        show.start()
        yield show
    finally:
        show.stop()
