"""A program that we start never outlives us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from config.home import ROOT
from config.programs import MARK, Program, end_processes, signal_group

SLEEP = (sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)")
DEAF = (
    *(sys.executable, "-c"),
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('up', flush=True); time.sleep(60)",
)
STARTER = """
import subprocess, sys, time
from config.programs import Program
sleep = (sys.executable, "-c", "import time; time.sleep(60)")
child = Program("child", sleep).start(subprocess.PIPE)
print(child.pid, flush=True)
time.sleep(60)
"""


def started(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    process = Program("sleeper", command).start(subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"up\n"
    process.stdout.close()
    return process


def has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_for_end(pid: int) -> None:
    deadline = time.monotonic() + 60
    while not has_ended(pid):
        assert time.monotonic() < deadline, f"{pid} still runs"
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a parent death signal")
def test_a_program_ends_when_its_starter_is_killed() -> None:
    command = [sys.executable, "-c", STARTER]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as starter:
        assert starter.stdout
        child = int(starter.stdout.readline())
        assert psutil.pid_exists(child)
        starter.kill()
    wait_for_end(child)


def test_a_program_has_a_process_group_of_its_own_and_a_mark() -> None:
    process = started(SLEEP)
    assert os.getpgid(process.pid) == process.pid
    assert psutil.Process(process.pid).environ()[MARK] == "sleeper"
    signal_group(process.pid, signal.SIGKILL)
    assert process.wait(60) == -signal.SIGKILL


def test_a_group_that_is_gone_can_be_signalled() -> None:
    process = started(SLEEP)
    process.kill()
    process.wait(60)
    signal_group(process.pid, signal.SIGKILL)


def test_who_does_not_hear_is_killed() -> None:
    process = started(DEAF)
    end_processes([psutil.Process(process.pid)], signal.SIGTERM, patience=0.2)
    assert process.wait(60) == -signal.SIGKILL


def test_a_program_that_is_not_there_says_so(tmp_path: Path) -> None:
    process = Program("nothing", (str(tmp_path / "nothing"),)).start(subprocess.PIPE)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"nothing: [Errno 2] No such file or directory" in output
