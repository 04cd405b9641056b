"""Sagas of five trivial steps: runs per second and the time from start to end, ours beside DBOS.

Both have two worker processes, one PostgreSQL with fsync, and each step's outcome committed before
the next begins. DBOS polls its queue every 10 ms. The driver starts runs one by one, each in a
transaction of its own; only the workers of the side that is measured are running.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg

from bench.servers import stop
from config.embedded import Postgres, Valkey
from config.home import ROOT
from config.programs import Program

ROUNDS = 3
PROCESSES = 2
RATE = 50
SECONDS = 6.0
PATIENCE = 60.0


class Side(Protocol):
    name: str
    many: int

    def workers(self) -> list[tuple[str, ...]]:
        """Return the commands of its worker processes."""

    def start(self) -> str:
        """Start one run in a transaction of its own; returns its id."""

    def finished(self) -> dict[str, float]:
        """Return the ids of runs that are completed, with the time (epoch) when they were."""


class Ours:
    name = "Greenroom"
    many = 2000

    def __init__(self) -> None:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", run_syncdb=True, verbosity=0)

    def workers(self) -> list[tuple[str, ...]]:
        quiet = ("-W", "ignore:You're running the worker")
        worker = ("-m", "celery", "--quiet", "-A", "config", "worker", "--without-mingle")
        return [(*quiet, *worker, f"--concurrency={PROCESSES}", "--loglevel=error")]

    def start(self) -> str:
        from django.db import transaction

        from bench.fivesteps.models import Work
        from bench.fivesteps.sagas import five_steps
        from sagas.services import start

        with transaction.atomic():
            work = Work.objects.create()
            start(five_steps, work)
        return str(work.pk)

    def finished(self) -> dict[str, float]:
        from sagas.models import Run

        runs = Run.objects.filter(saga="bench.five_steps", status="completed")
        return {
            subject_id: finished_at.timestamp()
            for subject_id, finished_at in runs.values_list("subject_id", "finished_at")
            if finished_at
        }


class Dbos:
    name = "DBOS"
    many = 400

    def __init__(self, url: str) -> None:
        from dbos import DBOSClient

        self.url = url
        dbos = str(Path(sys.executable).with_name("dbos"))
        subprocess.run([dbos, "migrate", "--sys-db-url", url], check=True, capture_output=True)
        self.client = DBOSClient(system_database_url=url)
        self.connection = psycopg.connect(url, autocommit=True)

    def workers(self) -> list[tuple[str, ...]]:
        return [("-m", "bench.dbos_worker", self.url, str(n)) for n in range(PROCESSES)]

    def start(self) -> str:
        options: Any = {
            "queue_name": "five",
            "workflow_name": "five_steps",
            "app_version": "bench",
        }
        return str(self.client.enqueue(options).workflow_id)

    def finished(self) -> dict[str, float]:
        rows = self.connection.execute(
            "SELECT workflow_uuid, updated_at FROM dbos.workflow_status WHERE status = 'SUCCESS'"
        )
        return {str(uuid): milliseconds / 1000 for uuid, milliseconds in rows}


def main() -> None:
    """Measure both sides in turns and print medians and ratios."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-engine-")))
        postgres, valkey = Postgres(home / "postgres"), Valkey(home / "valkey")
        log = stack.enter_context((home / "servers.log").open("wb"))
        for server in (postgres, valkey):
            server.prepare()
            process = server.program().start(log)
            stack.callback(stop, process, server.program())
            _wait_for(lambda s=server, p=process: s.is_ready(p.pid), server.folder.name)  # type: ignore[misc]
        for database in ("greenroom", "dbos"):
            postgres.ensure_database(database)
        os.environ.update(
            DJANGO_SETTINGS_MODULE="bench.settings",
            GREENROOM_HOME=str(home),
            DATABASE_URL=postgres.url("greenroom"),
            REDIS_URL=valkey.url(0),
            REHEARSAL="on",
            LOG_LEVEL="error",
        )
        sides: list[Side] = [Ours(), Dbos(postgres.url("dbos"))]
        rates: dict[str, list[float]] = {side.name: [] for side in sides}
        times: dict[str, list[tuple[float, float]]] = {side.name: [] for side in sides}
        for number in range(ROUNDS):
            for side in sides if number % 2 == 0 else reversed(sides):
                with _working(side, home):
                    rates[side.name].append(_rate(side))
                    times[side.name].append(_latency(side))
        _print(rates, times)


def _rate(side: Side) -> float:
    """Return completed runs per second, from the first start to the last end."""
    began = time.time()
    ids = {side.start() for _ in range(side.many)}
    ended = _ended(side, ids)
    return side.many / (max(ended.values()) - began)


def _latency(side: Side) -> tuple[float, float]:
    """Return p50 and p99 of the milliseconds from start to end, at a steady rate."""
    began: dict[str, float] = {}
    first = time.time()
    for number in range(int(RATE * SECONDS)):
        time.sleep(max(0.0, first + number / RATE - time.time()))
        now = time.time()
        began[side.start()] = now
    ended = _ended(side, set(began))
    took = sorted(1000 * (ended[key] - at) for key, at in began.items())
    return statistics.median(took), took[int(0.99 * len(took))]


def _ended(side: Side, ids: set[str]) -> dict[str, float]:
    found: dict[str, float] = {}

    def are_all() -> bool:
        found.update(side.finished())
        return ids <= found.keys()

    _wait_for(are_all, f"the runs of {side.name}", pause=0.2)
    return {key: found[key] for key in ids}


@contextmanager
def _working(side: Side, home: Path) -> Iterator[None]:
    """Run the side's workers, warmed up by a few runs."""
    with (home / f"{side.name}.log").open("ab") as log, ExitStack() as stack:
        for command in side.workers():
            program = Program(side.name, (sys.executable, *command), cwd=ROOT)
            stack.callback(stop, program.start(log), program)
        _ended(side, {side.start() for _ in range(20)})
        yield


def _wait_for(condition: Callable[[], bool], what: str, pause: float = 0.02) -> None:
    ends_at = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > ends_at:
            raise TimeoutError(f"Waited {PATIENCE:g} s for {what}.")
        time.sleep(pause)


def _print(rates: dict[str, list[float]], times: dict[str, list[tuple[float, float]]]) -> None:
    rate = {name: statistics.median(values) for name, values in rates.items()}
    p50 = {name: statistics.median(p for p, _ in values) for name, values in times.items()}
    p99 = {name: statistics.median(p for _, p in values) for name, values in times.items()}
    print(f"engine: sagas of five steps, {PROCESSES} worker processes, {ROUNDS} rounds, medians")
    for name in rate:
        print(
            f"  {name:10} {rate[name]:7.0f} runs/s   start to end at {RATE}/s:"
            f" p50 {p50[name]:5.1f} ms, p99 {p99[name]:5.1f} ms"
        )
    ours, theirs = rate
    print(f"  runs/s, {ours} to {theirs}: {rate[ours] / rate[theirs]:.1f} × (wanted: 4)")
    print(f"  p50 of {theirs} to p99 of {ours}: {p50[theirs] / p99[ours]:.1f} × (wanted: 1)")


if __name__ == "__main__":
    main()
