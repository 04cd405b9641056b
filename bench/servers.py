"""The servers that a bench measures on."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config.embedded import Postgres, Valkey
from config.programs import Program

PATIENCE = 60.0


@contextmanager
def servers(home: Path) -> Iterator[None]:
    """Run PostgreSQL and Valkey, of which settings that are read from then on know."""
    postgres, valkey = Postgres(home / "postgres"), Valkey(home / "valkey")
    with ExitStack() as stack:
        log = stack.enter_context((home / "servers.log").open("wb"))
        for server in (postgres, valkey):
            server.prepare()
            process = server.program().start(log)
            stack.callback(stop, process, server.program())
            wait_until(lambda s=server, p=process: s.is_ready(p.pid))  # type: ignore[misc]
        postgres.ensure_database("greenroom")
        os.environ.update(
            DJANGO_SETTINGS_MODULE="config.settings",
            GREENROOM_HOME=str(home),
            DATABASE_URL=postgres.url("greenroom"),
            REDIS_URL=valkey.url(0),
            REHEARSAL="on",
            LOG_LEVEL="error",
        )
        yield


def stop(process: subprocess.Popen[bytes], program: Program) -> None:
    """End a program the way it wants to be."""
    process.send_signal(program.stop_signal)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(condition: Callable[[], bool]) -> None:
    """Return once it is so; raises TimeoutError."""
    ends_at = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > ends_at:
            raise TimeoutError(f"Waited {PATIENCE:g} s for a server.")
        time.sleep(0.02)
