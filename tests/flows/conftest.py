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
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from config.embedded import free_port
from config.home import ROOT

OURS = ("GREENROOM_HOME", "DATABASE_URL", "REDIS_URL", "REHEARSAL", "TWITCH_CLIENT_ID")


class Show:
    """A running Greenroom: its addresses, its processes, and the hand on the rehearsal."""

    def __init__(self, home: Path, **settings: str) -> None:
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
            **settings,
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
        # Beside other tests, on two cores, it takes its time.
        self.wait_for(self.is_ready, "Greenroom to be ready", 180)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)

    def is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(self.log.read_text())
        try:
            # Behind the last start comes the list of addresses.
            return self.get("/health/ready")["status"] == "ready"
        except (OSError, ValueError):
            return False

    def wait_for(self, condition: Callable[[], Any], what: str, seconds: float = 60) -> Any:
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

    def send(self, method: str, path: str, body: dict[str, Any]) -> Any:
        """Return what the web process answers to a change, asked by the holder of the admin key."""
        headers = {"X-Admin-Key": "open sesame", "Content-Type": "application/json"}
        url = f"http://127.0.0.1:{self.port}{path}"
        return _call(url, headers, json.dumps(body).encode(), method)

    def say(self, viewer: str, text: str) -> None:
        """Let a viewer say something in chat."""
        self.control("chat", {"viewer": viewer, "text": text})

    def control(self, path: str, wish: dict[str, Any] | None = None) -> Any:
        """Return what the rehearsal's control API answers to a wish, or without one to a look."""
        body = None if wish is None else json.dumps(wish).encode()
        url = f"http://127.0.0.1:{self.rehearsal_port}/control/{path}"
        return _call(url, {"Content-Type": "application/json"}, body)

    def manage(self, *arguments: str) -> str:
        """Return what a management command prints, as typed in another terminal."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, check=True)
        return done.stdout.decode()

    def redeem(self, viewer: str = "ada", **wish: Any) -> str:
        """Redeem the raffle once; returns the redemption's id."""
        wish = {"reward": "Keyboard Raffle", "viewer": viewer, **wish}
        answer = self.control("redeem", wish)
        assert "redemptions" in answer, answer
        return str(answer["redemptions"][0])

    def settled(self, redemption: str) -> str:
        """Return how Twitch has settled a redemption, once it has."""

        def status() -> str:
            rows = self.control("redemptions")["redemptions"]
            found = next(row["status"] for row in rows if row["id"] == redemption)
            return "" if found == "UNFULFILLED" else str(found)

        return str(self.wait_for(status, "the redemption to be settled"))

    def run_of(self, redemption: str, saga: str = "raffle.keyboard_raffle") -> dict[str, Any]:
        """Return the run of a redemption, with its outcomes, once it is over or stuck."""

        def run() -> dict[str, Any] | None:
            for row in self.get(f"/api/admin/runs?saga={saga}&limit=100")["results"]:
                found: dict[str, Any] = self.get(f"/api/admin/runs/{row['id']}")
                if found["context"].get("redemption_id") == redemption:
                    over = ("completed", "compensated", "closed", "stuck")
                    return found if found["status"] in over else None
            return None

        return dict(self.wait_for(run, "the run to be over"))

    def effects(self) -> list[dict[str, Any]]:
        return list(self.control("effects")["effects"])

    def settlings(self, redemption: str) -> list[str]:
        """Return how Twitch was told to settle a redemption, each time that it had an effect."""
        ends = ("redemption_fulfilled", "redemption_canceled")
        return [e["kind"] for e in self.effects() if e["id"] == redemption and e["kind"] in ends]

    def clear_faults(self) -> None:
        _call(f"http://127.0.0.1:{self.rehearsal_port}/control/faults", {}, method="DELETE")

    def bot_lines(self) -> list[str]:
        lines = self.control("chat")["chat"]
        return [line["text"] for line in lines if line["viewer"] == "greenroom_bot"]

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

    def kill(self, *words: str) -> None:
        """Kill, as a power cut would, the processes with one of these words, once there are some.

        With each goes all that it started.
        """
        for word in words:
            for process in self.wait_for(partial(self.processes, word), f"{word} to run"):
                victims = [process]
                # It may have gone with the one before.
                with suppress(psutil.NoSuchProcess):
                    victims += process.children(recursive=True)
                for victim in victims:
                    with suppress(psutil.NoSuchProcess):
                        victim.kill()


def _call(
    url: str, headers: dict[str, str], body: bytes | None = None, method: str | None = None
) -> Any:
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)


@pytest.fixture(scope="module")
def show(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Show]:
    """One evening for all tests of a module, with its SETTINGS if it has any."""
    settings: dict[str, str] = getattr(request.module, "SETTINGS", {})
    show = Show(tmp_path_factory.mktemp("show") / "home", **settings)
    show.home.mkdir()
    try:
        show.start()
        yield show
    finally:
        show.stop()
