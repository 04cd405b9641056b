"""`make run` from outside: what it says when it cannot start, and how it heals and stops."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from config.embedded import free_port
from config.home import ROOT, read_env_file
from config.programs import MARK

COMMAND = [sys.executable, "-m", "config.supervisor"]
DROPPED = ("DATABASE_URL", "REDIS_URL", "TWITCH_CLIENT_ID", "TWITCH_CLIENT_SECRET", "REHEARSAL")


@pytest.fixture
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture
def env(tmp_path: Path, ports: tuple[int, int]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
    port, rehearsal_port = ports
    return kept | {
        "GREENROOM_HOME": str(tmp_path / "home"),
        "PORT": str(port),
        "REHEARSAL_PORT": str(rehearsal_port),
        "WORKER_PROCESSES": "1",
    }


def refusal(env: dict[str, str]) -> str:
    answer = subprocess.run(COMMAND, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 1
    assert answer.stderr == ""
    assert answer.stdout.count("\n") == 1
    return answer.stdout.removeprefix("greenroom | ").strip()


def test_a_busy_port_is_named(env: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", int(env["PORT"]))):
        assert refusal(env) == (
            f"Port {env['PORT']} of 127.0.0.1 cannot be used: address already in use; "
            "set PORT to another one."
        )


def test_one_port_for_both_is_refused(env: dict[str, str]) -> None:
    port = env["PORT"]
    assert refusal(env | {"REHEARSAL_PORT": port}) == (
        f"PORT and REHEARSAL_PORT are both {port}: set one of them to another one."
    )


def test_a_port_that_is_no_number_is_named(env: dict[str, str]) -> None:
    assert refusal(env | {"PORT": "http"}) == (
        "PORT must be a whole number from 1 to 65535, not 'http'."
    )


def test_a_file_in_place_of_the_home_is_named(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    assert refusal(env) == f"The folder {tmp_path}/home cannot be used: a file is in its place."


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://me:s3cret@host/name", "must begin with postgresql://."),
        ("DATABASE_URL", "postgresql://me:s3cret@[::1/name", "is not an address."),
        ("DATABASE_URL", "postgresql://me:s3cret@host/name?s3cret=1", "(host/name) is not an"),
        ("DATABASE_URL", "postgresql://me:s3cret@127.0.0.1:1/name", "Connection refused."),
        ("REDIS_URL", "redis://:s3cret@127.0.0.1:1/0", "Connection refused."),
        ("REDIS_URL", "s3cret", "must begin with redis://."),
    ],
)
def test_a_wrong_server_address_is_named_without_its_password(
    env: dict[str, str], name: str, value: str, sentence: str
) -> None:
    said = refusal(env | {name: value})
    assert said.startswith(name)
    assert sentence in said
    assert "s3cret" not in said


class Supervised:
    """A supervisor and what it printed."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, home: Path) -> None:
        self.process, self.log, self.home = process, log, home

    def wait_for(self, text: str, times: int = 1) -> None:
        deadline = time.monotonic() + 180
        while self.log.read_text().count(text) < times:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def processes(self) -> dict[str, psutil.Process]:
        """Return the processes that the supervisor itself started, by name."""
        found = {}
        for process in psutil.Process(self.process.pid).children():
            try:
                command = " ".join(process.cmdline())
            except psutil.NoSuchProcess:
                continue
            for name in ("daphne", "worker", "beat", "eventsub", "rehearsal", "postgres", "valkey"):
                if re.search(rf"\b{name}", command.split(str(self.home))[0]):
                    found.setdefault(name, process)
        return found

    def leftovers(self) -> list[psutil.Process]:
        return [process for process in psutil.process_iter() if _lives_in(process, self.home)]


def _lives_in(process: psutil.Process, home: Path) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        environment = process.environ()
        return MARK in environment and environment.get("GREENROOM_HOME") == str(home)
    except (psutil.Error, OSError):
        return False


@contextmanager
def supervised(env: dict[str, str], log: Path) -> Iterator[Supervised]:
    with log.open("wb") as output:
        process = subprocess.Popen(COMMAND, env=env, cwd=ROOT, stdout=output, stderr=output)
    try:
        yield Supervised(process, log, Path(env["GREENROOM_HOME"]))
    finally:
        process.terminate()
        process.wait(30)


def gone(run: Supervised) -> None:
    deadline = time.monotonic() + 30
    while run.leftovers():
        assert time.monotonic() < deadline, run.leftovers()
        time.sleep(0.05)


@pytest.mark.chaos
def test_everything_starts_heals_and_stops(env: dict[str, str], tmp_path: Path) -> None:
    with supervised(env, tmp_path / "first.log") as run:
        run.wait_for("Ctrl-C stops everything")
        with urllib.request.urlopen(f"http://127.0.0.1:{env['PORT']}/health") as answer:
            assert answer.status == 200
        assert set(read_env_file(run.home / "servers.env")) == {"DATABASE_URL", "REDIS_URL"}
        assert refusal(env).startswith(f"Greenroom is already running (process {run.process.pid})")

        # One that was forked a moment ago does not have its name yet.
        _until(lambda: len(run.processes()) == 7)
        victims = run.processes()
        for victim in victims.values():
            victim.kill()
        run.wait_for("ended by itself (signal SIGKILL)", times=len(victims))
        _until(lambda: run.processes().keys() == victims.keys())

        run.process.kill()
        run.process.wait()

    with supervised(env, tmp_path / "second.log") as again:
        again.wait_for("Ctrl-C stops everything")
        again.process.send_signal(signal.SIGINT)
        assert again.process.wait(30) == 0
    gone(again)
    assert not (again.home / "servers.env").exists()


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 180
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)
