"""What must hold before anything starts: a folder to write in, free ports, servers that answer."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import psutil

from config.programs import MARK, end_processes
from config.supervisor.plan import CannotStart, Plan

LEAST_FREE = 100 * 1024 * 1024


def take_home(plan: Plan) -> IO[str]:
    """Make GREENROOM_HOME ours alone for as long as the returned file is open.

    Raises CannotStart when another run has it, or when it cannot be written to.
    """
    try:
        plan.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (plan.home / "supervisor.lock").open("a+")
    except OSError as error:
        raise CannotStart(f"The folder {plan.home} cannot be used: {_reason(error)}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotStart(f"Greenroom is already running{_where(lock)}.") from None
    free = shutil.disk_usage(plan.home).free
    if free < LEAST_FREE:
        raise CannotStart(
            f"The disk of {plan.home} is full: {free // 2**20} MiB are free "
            f"and Greenroom needs {LEAST_FREE // 2**20}."
        )
    lock.truncate(0)
    json.dump({"pid": os.getpid(), "url": plan.public_url}, lock)
    lock.flush()
    return lock


def end_leftovers(home: Path) -> int:
    """End what a killed supervisor left running on this home; return how many there were.

    They are known by the environment that they were started with.
    """
    left = [process for process in psutil.process_iter() if _is_ours(process, str(home))]
    end_processes(left, signal.SIGTERM)
    return len(left)


def check(plan: Plan) -> None:
    """Raise CannotStart for the first port or given server that cannot be used."""
    check_port("PORT", plan.host, plan.port)
    if plan.rehearsal:
        if plan.rehearsal_port == plan.port:
            raise CannotStart(
                f"PORT and REHEARSAL_PORT are both {plan.port}: set one of them to another one."
            )
        check_port("REHEARSAL_PORT", "127.0.0.1", plan.rehearsal_port)
    if plan.database_url:
        check_database(plan.database_url)
    if plan.redis_url:
        check_redis(plan.redis_url)


def check_port(name: str, host: str, port: int) -> None:
    """Raise CannotStart when something else listens on the port, or the host is not ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CannotStart(
            f"Port {port} of {host} cannot be used: {_reason(error)}; set {name} to another one."
        ) from error


def check_database(url: str) -> None:
    """Raise CannotStart unless DATABASE_URL leads to a PostgreSQL that lets us in."""
    import psycopg

    place = _place("DATABASE_URL", url, "postgresql", "postgres")
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        raise CannotStart(f"{place} does not answer: {_first_line(error)}.") from None
    except psycopg.Error:
        # Its message would quote the address, and with it the password.
        raise CannotStart(f"{place} is not an address that PostgreSQL understands.") from None


def check_redis(url: str) -> None:
    """Raise CannotStart unless REDIS_URL leads to a Redis or Valkey that lets us in."""
    import redis

    place = _place("REDIS_URL", url, "redis", "rediss")
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            client.ping()
    except redis.RedisError as error:
        raise CannotStart(f"{place} does not answer: {_first_line(error)}.") from None
    except ValueError:
        raise CannotStart(f"{place} is not an address that Redis understands.") from None


def _where(lock: IO[str]) -> str:
    lock.seek(0)
    try:
        known = json.load(lock)
        return f" (process {known['pid']}): {known['url']}"
    except (ValueError, KeyError):
        return ""


def _is_ours(process: psutil.Process, home: str) -> bool:
    try:
        environment = process.environ()
    except (psutil.Error, OSError):
        return False
    return MARK in environment and environment.get("GREENROOM_HOME") == home


def _reason(error: OSError) -> str:
    if isinstance(error, FileExistsError | NotADirectoryError):
        return "a file is in its place"
    return (error.strerror or str(error)).lower()


def _place(name: str, url: str, *schemes: str) -> str:
    """Return the setting and where it leads, without who is let in and how."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise CannotStart(f"{name} is not an address.") from None
    if parts.scheme not in schemes:
        raise CannotStart(f"{name} must begin with {schemes[0]}://.")
    return f"{name} ({parts.hostname or 'a local socket'}{port}{parts.path})"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".")
