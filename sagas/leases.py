"""Who holds a lease: a process, named so that its neighbours can tell when it is gone."""

from __future__ import annotations

import os
import socket
from functools import lru_cache
from pathlib import Path
from secrets import token_hex

import psutil


def me() -> str:
    """Return the name of this process: place, process id, birth, and a token.

    A birth tells a process from a later one with the same id; it is counted from the machine's
    start, so that setting the clock kills nobody.
    """
    return _name(os.getpid())


def place() -> str:
    """Return what the names of processes begin with that this process can see: `host.namespace/`.

    Containers may share a host's name, and each counts its processes from 1.
    """
    try:
        namespace = f".{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        namespace = ""
    return f"{socket.gethostname()[:100]}{namespace}/"


def is_gone(name: str) -> bool:
    """Tell whether the process of that name, at our place, has ended."""
    pid, birth, _ = name.removeprefix(place()).split("/")
    return _birth(int(pid)) != birth


@lru_cache(maxsize=1)
def _name(pid: int) -> str:
    return f"{place()}{pid}/{_birth(pid)}/{token_hex(4)}"


def _birth(pid: int) -> str:
    """Return when the process began, or "" when there is none or only its remains."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if state in "ZX" else fields[18]
    except OSError:
        pass
    if Path("/proc/self/stat").exists():
        return ""
    try:
        return str(int(psutil.Process(pid).create_time()))
    except psutil.Error:
        return ""
