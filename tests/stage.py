"""Real servers for the tests: a home that no other session uses, and programs that end with us."""

from __future__ import annotations

import fcntl
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from config.embedded import Postgres, Valkey
from config.home import ROOT
from config.programs import Program, signal_group

STAGES = ROOT / ".greenroom-test"
PATIENCE = 60


@contextmanager
def free_home() -> Iterator[Path]:
    """Give a folder that no other test session uses now; its database cluster is used again."""
    STAGES.mkdir(exist_ok=True)
    for number in range(100):
        home = STAGES / str(number)
        home.mkdir(exist_ok=True)
        with (home / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield home
            return
    raise pytest.UsageError(f"A hundred test sessions use {STAGES}.")


@contextmanager
def serving(server: Postgres | Valkey) -> Iterator[None]:
    """Run an embedded server, its words kept in a file beside its data."""
    server.prepare()
    with (
        server.folder.with_suffix(".log").open("wb") as log,
        running(server.program(), log) as process,
    ):
        deadline = time.monotonic() + PATIENCE
        while not server.is_ready(process.pid):
            if process.poll() is not None or time.monotonic() > deadline:
                raise pytest.UsageError(f"A test server did not start: see {log.name}.")
            time.sleep(0.01)
        yield


@contextmanager
def rehearsing(home: Path) -> Iterator[int]:
    """Run a rehearsal server that remembers nothing of earlier sessions; yield its port."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    log = home / "rehearsal.log"
    env = {"GREENROOM_HOME": str(home), "REHEARSAL_PORT": "0", "PYTHONUNBUFFERED": "1"}
    program = Program("rehearsal", (sys.executable, "-m", "rehearsal"), env)
    with log.open("wb") as output, running(program, output) as process:
        deadline = time.monotonic() + PATIENCE
        while not (line := _line(log, "rehearsal listening on ")):
            if process.poll() is not None or time.monotonic() > deadline:
                raise pytest.UsageError(f"The rehearsal server did not start: see {log}.")
            time.sleep(0.01)
        yield int(line.rsplit(":", 1)[1])


@contextmanager
def running(program: Program, output: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program and leave nothing of it behind."""
    process = program.start(output)
    try:
        yield process
    finally:
        process.send_signal(program.stop_signal)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            signal_group(process.pid, signal.SIGKILL)
            process.wait()


def _line(log: Path, beginning: str) -> str:
    # A line without its end may still be growing.
    lines = log.read_text().splitlines(keepends=True)
    return next((x.strip() for x in lines if x.startswith(beginning) and x.endswith("\n")), "")
