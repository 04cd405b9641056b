"""One program that we start: its command, its surroundings, its signal to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from config.home import ROOT

LEASH = Path(__file__).with_name("leash.py")
# Present in the environment of each program, so that a later run knows what an earlier one left.
MARK = "GREENROOM_PROCESS"


@dataclass(frozen=True)
class Program:
    """A command with the absolute path of its executable, tied to the life of its starter."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = ROOT
    stop_signal: signal.Signals = signal.SIGTERM
    account: str = "self"

    def start(self, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
        """Start it in a process group of its own, both its outputs going to `output`."""
        return subprocess.Popen(
            leashed(self.command, self.stop_signal, self.account),
            env={**os.environ, **self.env, MARK: self.name},
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
        )


def leashed(command: tuple[str, ...], stop_signal: signal.Signals, account: str) -> list[str]:
    """Return the command line that runs `command` for no longer than this process lives."""
    return [
        *(sys.executable, "-ISE", str(LEASH)),
        *(str(int(stop_signal)), str(os.getpid()), account),
        *command,
    ]


def signal_group(leader: int, number: signal.Signals) -> None:
    """Signal every process that a program started; one that is gone already is no error."""
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        # macOS answers EPERM for a group of which only zombies are left.
        return


def end_processes(
    processes: Iterable[psutil.Process], number: signal.Signals, patience: float = 5
) -> None:
    """Ask each process to stop, and kill those that are still there after `patience` seconds.

    They need not be children of ours. PermissionError tells that one belongs to someone else.
    """
    alive = [process for process in processes if _signal(process, number)]
    deadline = time.monotonic() + patience
    while alive and time.monotonic() < deadline:
        time.sleep(0.05)
        alive = [process for process in alive if _is_alive(process)]
    for process in alive:
        _signal(process, signal.SIGKILL)
    while any(_is_alive(process) for process in alive):
        time.sleep(0.05)


def _signal(process: psutil.Process, number: signal.Signals) -> bool:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied as error:
        raise PermissionError(f"Process {process.pid} belongs to someone else.") from error
    return True


def _is_alive(process: psutil.Process) -> bool:
    # A zombie that nobody reaps (a container without an init) has ended all the same.
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
