"""Real Celery workers for tests that kill them, and patience with them."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
from celery import current_app
from django.db import connection

from config.programs import Program
from sagas.models import Run
from tests.stage import running

PATIENCE = 60.0
_PLACE = ("USER", "PASSWORD", "NAME", "HOST", "PORT")
_QUIET = ("-W", "ignore:You're running the worker")
_WORKER = (*_QUIET, "-m", "celery", "--quiet", "-A", "config", "worker", "--without-mingle")


def database_url() -> str:
    """Return the address of the database that the tests are on now."""
    place = {name: quote(str(connection.settings_dict[name]), safe="") for name in _PLACE}
    return "postgresql://{USER}:{PASSWORD}@/{NAME}?host={HOST}&port={PORT}".format(**place)


@contextmanager
def workers(
    log: Path, *, processes: int = 2, env: Mapping[str, str] | None = None, name: str = "w"
) -> Iterator[psutil.Process]:
    """Run one worker with that many processes on the tests' database; yields its main process."""
    command = (sys.executable, *_WORKER, f"--concurrency={processes}", f"--hostname={name}@test")
    surroundings = {"DATABASE_URL": database_url(), "PYTHONUNBUFFERED": "1", **(env or {})}
    program = Program(f"worker {name}", command, surroundings, stop_signal=signal.SIGQUIT)
    with log.open("ab") as output, running(program, output) as process:
        main = psutil.Process(process.pid)

        def is_up() -> bool:
            assert process.poll() is None, log.read_text()[-6000:]
            return len(children(main)) >= processes

        wait_for(is_up, f"worker {name}", log=log)
        yield main


def children(main: psutil.Process) -> list[psutil.Process]:
    """Return the processes that lead runs."""
    return [process for process in main.children(recursive=True) if _leads(process)]


def _leads(process: psutil.Process) -> bool:
    try:
        is_there = process.status() != psutil.STATUS_ZOMBIE
        return is_there and "celery" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def kill_all(main: psutil.Process) -> None:
    """Kill a worker with all its processes, as a power cut would."""
    for process in [main, *main.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def sweep() -> None:
    """Do what the clock does every few seconds."""
    current_app.send_task("sagas.sweep", ignore_result=True)


def wait_for(
    condition: Callable[[], Any], what: str, *, log: Path | None = None, seconds: float = PATIENCE
) -> Any:
    """Return the condition's first truth; fails with the end of the log when it never comes."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        if found := condition():
            return found
        time.sleep(0.02)
    words = log.read_text()[-6000:] if log else ""
    raise AssertionError(f"Waited {seconds:g} s for {what}.\n{words}")


def wait_until_over(log: Path, *, seconds: float = PATIENCE) -> None:
    """Wait until every run is finished or stuck, with the clock's sweep going."""
    swept_at = 0.0

    def are_over() -> bool:
        nonlocal swept_at
        if time.monotonic() - swept_at > 1.0:
            swept_at = time.monotonic()
            sweep()
        return not Run.objects.filter(due_at__isnull=False).exists()

    try:
        wait_for(are_over, "the runs to be over", log=log, seconds=seconds)
    except AssertionError:
        left = Run.objects.filter(due_at__isnull=False)
        raise AssertionError(
            f"Not over: {list(left.values())}\n{log.read_text()[-6000:]}"
        ) from None
