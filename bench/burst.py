"""A burst of posts: a thousand streams go live at once for three thousand Discord channels.

Discord answers in 100 ms, and takes 5 calls in 2 s of one webhook and 50 a second of us all. The
workers are those of `make run`; between the figures only their number differs.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import psutil

from bench.servers import stop
from config.programs import Program

STREAMS, TARGETS = 1000, 3000
WORKERS = (2, 4, 8)
PATIENCE = 600.0
SWEEP = 5.0


class Control(Protocol):
    """The hand on the rehearsal."""

    url: str

    def __call__(self, path: str, /, **wish: Any) -> Any: ...


def measure(control: Control, home: Path) -> None:
    """Print how long it takes to the last post, for each number of workers."""
    control("discord/limits", delay_ms=100)
    hooks = control("discord/webhooks", count=TARGETS)["webhooks"]
    print(f"\n{STREAMS:,} streams go live for {TARGETS:,} channels, Discord answers in 100 ms")
    for number in WORKERS:
        _prepare(hooks)
        posts, refused = _count(control.url)
        with _workers(home, number) as processes:
            began = time.perf_counter()
            _announce()
            half, last = _await_posts(began)
            megabytes = _megabytes(processes)
        now_posts, now_refused = _count(control.url)
        print(
            f"  {number} workers: half after {half:5.1f} s, the last after {last:5.1f} s,"
            f" {TARGETS / last:4.1f} a second; {now_posts - posts - TARGETS} doubles,"
            f" {now_refused - refused} calls refused; {megabytes:.0f} MB a worker"
        )
    print("  Discord takes 50 calls a second from one address, and we make 40 at most.")


def _prepare(hooks: list[dict[str, Any]]) -> None:
    """Make the channels, the watches and the streams anew."""
    from datetime import timedelta

    from django.contrib.auth import get_user_model
    from django.core.cache import cache
    from django.utils import timezone
    from pydantic import SecretStr

    from sagas.models import Event, Run
    from watcher.models import Target, Watch, WatchedStream

    for table in (Run, Event, WatchedStream, Target):
        table.objects.all().delete()
    cache.clear()
    now = timezone.now()
    owner, _ = get_user_model().objects.get_or_create(username="burst")
    targets = Target.objects.bulk_create(
        Target(
            owner=owner,
            name=hook["id"],
            webhook_id=hook["id"],
            webhook_token=SecretStr(hook["token"]),
            source="pasted",
        )
        for hook in hooks
    )
    Watch.objects.bulk_create(
        Watch(
            target=target,
            kind="streamer",
            watched_id=str(number % STREAMS),
            watched_name="Somebody",
            active_since=now - timedelta(days=1),
        )
        for number, target in enumerate(targets)
    )
    WatchedStream.objects.bulk_create(
        WatchedStream(
            id=f"9{number:06}",
            streamer_id=str(number),
            streamer_login=f"streamer{number}",
            streamer_name=f"Streamer{number}",
            title="Chess at night",
            started_at=now,
            first_seen_at=now,
            seen_at=now,
        )
        for number in range(STREAMS)
    )


def _announce() -> None:
    """Tell what the poller tells, in one transaction."""
    from sagas.services import publish_many
    from watcher.events import StreamStarted
    from watcher.models import WatchedStream

    ids = WatchedStream.objects.values_list("pk", flat=True)
    publish_many([(StreamStarted(id), id) for id in ids])


def _await_posts(began: float) -> tuple[float, float]:
    """Return the seconds to half of the posts and to the last; the clock's sweep goes on."""
    from celery import current_app

    from watcher.models import Delivery

    half, swept = 0.0, 0.0
    while time.perf_counter() - began < PATIENCE:
        took = time.perf_counter() - began
        if took - swept > SWEEP:
            swept = took
            current_app.send_task("sagas.sweep", ignore_result=True)
        posted = Delivery.objects.filter(status="posted").count()
        half = half or (took if posted * 2 >= TARGETS else 0.0)
        if posted == TARGETS:
            return half, took
        time.sleep(0.25)
    raise TimeoutError(f"{posted} of {TARGETS} were posted.")


def _count(url: str) -> tuple[int, int]:
    """Return how many posts there are, and how many calls Discord refused as too many."""
    with urllib.request.urlopen(f"{url}/control/discord", timeout=30) as answer:  # noqa: S310
        shown = json.load(answer)
    return shown["messages_total"], shown["invalid_calls"]


@contextmanager
def _workers(home: Path, number: int) -> Iterator[list[psutil.Process]]:
    """Run the usual worker and the watcher's, with so many processes; yields the latter."""
    command = (sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "config", "worker")
    with ExitStack() as stack:
        log = stack.enter_context((home / "workers.log").open("ab"))
        found: list[psutil.Process] = []
        for name, processes in (("greenroom", 1), ("watcher", number)):
            where = ("-n", f"{name}@bench", "-Q", name, f"--concurrency={processes}")
            program = Program(name, (*command, *where, "--without-mingle", "--without-gossip"))
            main = program.start(log)
            stack.callback(stop, main, program)
            found = _children(main.pid, processes)
        yield found


def _children(pid: int, number: int) -> list[psutil.Process]:
    """Return the processes that work, once they are there."""
    ends_at = time.monotonic() + PATIENCE
    while time.monotonic() < ends_at:
        below = psutil.Process(pid).children(recursive=True)
        found = [process for process in below if "celery" in " ".join(process.cmdline())]
        if len(found) >= number:
            return found
        time.sleep(0.2)
    raise TimeoutError("The workers did not start.")


def _megabytes(processes: list[psutil.Process]) -> float:
    """Return what one of them has for itself."""
    own = [process.memory_full_info().uss for process in processes]
    return sum(own) / len(own) / 2**20
