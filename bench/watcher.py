"""The watcher: a minute of polling, and a burst of posts."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from bench import burst
from bench.servers import servers, wait_until
from config.embedded import free_port
from config.home import ROOT

WATCHED = 10_000
GO_LIVE = 1000
ROUNDS = 5
FIRST = 70_000_001


def main() -> None:
    """Print what each part takes."""
    with tempfile.TemporaryDirectory(prefix="bench-watcher-") as folder:
        home = Path(folder)
        with servers(home), rehearsal(home) as control:
            _poll(control)
            burst.measure(control, home)


# --- The poller --------------------------------------------------------------------------------


def _poll(control: Control) -> None:
    """Measure rounds over ten thousand logins, of whom a thousand go live, and over ten times."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    now = timezone.now()
    _watch(0, WATCHED, now)
    # The rehearsal's bucket holds so much that only the work is measured.
    control("limits", points_per_minute=1_000_000)
    control("twitch/crowd", size=2 * WATCHED, live=0)
    before = _megabytes()
    _round(now)
    took: dict[str, list[float]] = {"a thousand go live": [], "nobody does": []}
    for minute in range(1, ROUNDS + 1):
        control("twitch/crowd", live=minute * GO_LIVE)
        for part, seconds in enumerate(took.values()):
            seconds.append(_round(now + timedelta(minutes=2 * minute + part)))
    control("twitch/crowd", live=(ROUNDS + 1) * GO_LIVE)
    with CaptureQueriesContext(connection) as queries:
        _round(now + timedelta(hours=1))
    print(f"\nA round over {WATCHED:,} logins is {WATCHED // 100} calls, and takes, when")
    for kind, seconds in took.items():
        print(f"  {kind:<20} {statistics.median(seconds):5.2f} s, {max(seconds):.2f} s at worst")
    print(f"  {len(queries)} statements in one with {GO_LIVE:,} new streams")
    print(f"  {_megabytes() - before:.0f} MB more than before the first")
    _watch(WATCHED, 10 * WATCHED, now)
    print(
        f"One over {10 * WATCHED:,} takes {_round(now + timedelta(hours=2)):.1f} s; Twitch allows"
    )
    print("  800 calls a minute: 480 with the watcher's usual share, so it would be two minutes.")


def _round(now: datetime) -> float:
    """Return how many seconds a whole round takes."""
    from watcher.services import poller

    began = time.perf_counter()
    done = poller.poll_once(now)
    if done is None or not done.is_over or done.trouble:
        raise RuntimeError(f"The round did not work: {done}")
    return time.perf_counter() - began


def _watch(first: int, last: int, now: datetime) -> None:
    from pydantic import SecretStr

    from accounts.models import User
    from watcher.models import Target, Watch

    owner, _ = User.objects.get_or_create(username="bench")
    target, _ = Target.objects.get_or_create(
        owner=owner,
        webhook_id="1",
        defaults={"name": "bench", "webhook_token": SecretStr("t"), "source": "pasted"},
    )
    Watch.objects.bulk_create(
        (
            Watch(
                target=target,
                kind="streamer",
                watched_id=str(FIRST + number),
                watched_name=f"Streamer {number}",
                active_since=now - timedelta(days=1),
            )
            for number in range(first, last)
        ),
        batch_size=1000,
    )


def _megabytes() -> float:
    """Return the most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# --- Where it is measured ----------------------------------------------------------------------


class Control:
    """The hand on the rehearsal's Twitch and Discord."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(self, path: str, /, **wish: Any) -> Any:
        answer = requests.post(f"{self.url}/control/{path}", json=wish, timeout=30)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def rehearsal(home: Path) -> Iterator[Control]:
    """Run a rehearsal server, of which settings that are read from then on know."""
    port = free_port()
    os.environ["REHEARSAL_PORT"] = str(port)
    with (home / "rehearsal.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "rehearsal"], cwd=ROOT, stdout=log, stderr=log
        )
        try:
            control = Control(f"http://127.0.0.1:{port}")
            wait_until(lambda: _answers(control.url))
            yield control
        finally:
            process.terminate()
            process.wait(15)


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/control/faults", timeout=5).ok
    except requests.RequestException:
        return False
