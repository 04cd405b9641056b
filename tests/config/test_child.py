"""A process that ends by itself is started again, ever more slowly, and stops when told to."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from config.programs import Program
from config.supervisor import child
from config.supervisor.child import Child
from config.supervisor.console import Console

SLEEP = "import time; print('up', flush=True); time.sleep(60)"


class Ears(Console):
    """A console that remembers."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
        self.lines: list[str] = []

    def say(self, name: str, line: str) -> None:
        self.lines.append(f"{name}: {line}")


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def make(ears: Ears) -> Iterator[Callable[[str], Child]]:
    children: list[Child] = []

    def started(code: str) -> Child:
        made = Child(Program("extra", (sys.executable, "-c", code)), ears)
        children.append(made)
        made.start()
        return made

    yield started
    for made in children:
        made.kill()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def tend_until(extra: Child, is_so: Callable[[], bool]) -> None:
    def look() -> bool:
        extra.tend()
        return is_so()

    wait_until(look)


def test_what_it_says_is_heard(make: Callable[[str], Child], ears: Ears) -> None:
    make("import sys; print('out', flush=True); print('err', file=sys.stderr)")
    wait_until(lambda: len(ears.lines) == 2)
    assert ears.lines == ["extra: out", "extra: err"]


def test_a_killed_process_is_started_again(make: Callable[[str], Child], ears: Ears) -> None:
    extra = make(SLEEP)
    first = extra.pid
    os.kill(first, signal.SIGKILL)
    tend_until(extra, lambda: extra.pid not in (0, first))
    assert "extra: ended by itself (signal SIGKILL); starting again in 0.5 s" in ears.lines


def test_each_restart_waits_longer(
    make: Callable[[str], Child], ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "LONGEST_DELAY", 1.0)
    extra = make("raise SystemExit(3)")
    tend_until(extra, lambda: len(ears.lines) == 3)
    assert [line.split("(")[1] for line in ears.lines] == [
        "exit code 3); starting again in 0.5 s",
        "exit code 3); starting again in 1 s",
        "exit code 3); starting again in 1 s",
    ]


def test_its_own_children_do_not_survive_it(
    make: Callable[[str], Child], ears: Ears, tmp_path: Path
) -> None:
    extra = make(
        "import subprocess, sys, time;"
        f"print(subprocess.Popen([sys.executable, '-c', {SLEEP!r}]).pid, flush=True);"
        "time.sleep(60)"
    )
    wait_until(lambda: len(ears.lines) == 2)
    grandchild = next(int(line[7:]) for line in ears.lines if line[7:].isdecimal())
    os.kill(extra.pid, signal.SIGKILL)
    tend_until(extra, lambda: extra.pid == 0)
    wait_until(lambda: has_ended(grandchild))


def test_one_that_is_asked_to_stop_may_finish(make: Callable[[str], Child], ears: Ears) -> None:
    extra = make(
        "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit('finished'));"
        "print('up', flush=True); signal.pause()"
    )
    wait_until(lambda: "extra: up" in ears.lines)
    extra.ask_to_stop()
    wait_until(extra.has_stopped)
    wait_until(lambda: "extra: finished" in ears.lines)


def test_one_that_does_not_listen_is_killed(make: Callable[[str], Child], ears: Ears) -> None:
    extra = make(
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('up', flush=True); signal.pause(); signal.pause()"
    )
    wait_until(lambda: "extra: up" in ears.lines)
    extra.ask_to_stop()
    extra.kill()
    assert extra.has_stopped()
    assert "extra: did not stop in time and was killed" in ears.lines


def test_a_very_long_line_is_cut_and_none_is_lost(make: Callable[[str], Child], ears: Ears) -> None:
    make(f"print('x' * {child.LONGEST_LINE + 10}); print('next')")
    wait_until(lambda: "extra: next" in ears.lines)
    assert [len(line) - len("extra: ") for line in ears.lines] == [child.LONGEST_LINE, 10, 4]
