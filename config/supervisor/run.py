"""One run from the first process to the last: start in order, watch, stop in order."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from types import FrameType

from config import home
from config.embedded import Postgres, Valkey
from config.programs import Program, signal_group
from config.supervisor import cast, probe
from config.supervisor.child import Child
from config.supervisor.console import Console
from config.supervisor.plan import CannotStart, Plan

# Together less than the 10 s after which a person, or a container engine, loses patience.
PROCESSES_STOP_WITHIN = 6.0
SERVERS_STOP_WITHIN = 2.5
READY_WITHIN = 60.0
# A migration of a large table takes its time.
CHORES_WITHIN = 3600.0
PULSE = 0.05


class Stopped(Exception):
    """Somebody asked the run to stop while it waited for something."""


class Run:
    """The processes of one run; `start`, then `watch` until asked to stop, then always `stop`."""

    def __init__(self, plan: Plan, console: Console) -> None:
        self.plan = plan
        self.console = console
        self.env = cast.environment(plan)
        self.servers: list[Child] = []
        self.processes: list[Child] = []
        self._is_asked = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def start(self) -> None:
        """Start everything, and return when it is well or has had a minute to become so.

        Raises CannotStart or ServerFailed when it cannot be, Stopped when asked to stop meanwhile.
        """
        begun = time.monotonic()
        if self.plan.rehearsal:
            # Like the other servers it stays until those who are at work with it have stopped.
            self._start(self.servers, cast.rehearsal(self.env))
        self._start_servers()
        said = self._do_chores()
        for program in cast.processes(self.plan, self.env):
            self._start(self.processes, program)
        if missing := self._wait_until_well():
            self.say(f"Not everything is well yet: {missing}. Ctrl-C stops everything.")
        else:
            self.say(f"Ready in {time.monotonic() - begun:.1f} s. Ctrl-C stops everything.")
        self._introduce(said)

    def watch(self) -> None:
        """Restart what ends by itself, until somebody asks to stop (Stopped)."""
        while True:
            self._pause(0.2)

    def stop(self) -> None:
        """Stop the processes, then the servers they use; whatever lingers is killed."""
        self.say("Stopping.")
        _stop_all(self.processes, PROCESSES_STOP_WITHIN)
        _stop_all(self.servers, SERVERS_STOP_WITHIN)
        (self.plan.home / home.SERVERS).unlink(missing_ok=True)
        self.say("Stopped.")

    def say(self, line: str) -> None:
        """Print one line of the supervisor's own."""
        self.console.say("greenroom", line)

    def _start_servers(self) -> None:
        addresses = {}
        if not self.plan.database_url:
            postgres = Postgres(self.plan.home / "postgres")
            if not postgres.folder.exists():
                self.say(f"Making a PostgreSQL database in {postgres.folder}.")
            self._start_server(postgres)
            postgres.ensure_database(self.plan.name)
            addresses["DATABASE_URL"] = postgres.url(self.plan.name)
        if not self.plan.redis_url:
            valkey = Valkey(self.plan.home / "valkey")
            self._start_server(valkey)
            addresses["REDIS_URL"] = valkey.url(self.plan.redis_number)
        # For a `manage.py` command that is typed in another terminal.
        home.write_env_file(self.plan.home / home.SERVERS, addresses)
        self.env |= addresses

    def _start_server(self, server: Postgres | Valkey) -> None:
        server.prepare()
        child = self._start(self.servers, server.program(), server.prepare)
        self._until(
            lambda: server.is_ready(child.pid),
            60,
            f"The embedded {child.program.name} in {server.folder} does not start.",
        )

    def _start(
        self, group: list[Child], program: Program, prepare: Callable[[], None] | None = None
    ) -> Child:
        child = Child(program, self.console, prepare)
        child.start()
        group.append(child)
        return child

    def _do_chores(self) -> dict[str, str]:
        """Migrate, rehearse and make the links; return what each command said last."""
        self.say("Bringing the database up to date.")
        commands = ["migrate", "sign_in_link", "overlay_url"]
        if self.plan.rehearsal:
            commands.insert(1, "rehearse")
            self._until(lambda: probe.rehearsal_listens(self.plan), 30, "The rehearsal is silent.")
        with tempfile.TemporaryFile() as output:
            process = cast.chores(self.env, *commands).start(output)
            try:
                self._until(lambda: process.poll() is not None, CHORES_WITHIN, "A chore hangs.")
            finally:
                signal_group(process.pid, signal.SIGKILL)
                process.wait()
            output.seek(0)
            said = self._read_chores(output.read().decode("utf-8", "replace").splitlines())
        if process.returncode:
            raise CannotStart(f"`manage.py {commands[len(said)]}` failed: see above.")
        return said

    def _read_chores(self, lines: list[str]) -> dict[str, str]:
        said = {}
        for line in lines:
            if not line.startswith('{"command"'):
                self.console.say("chores", line)
                continue
            ended = json.loads(line)
            if not ended["ok"]:
                raise CannotStart(ended["said"])
            said[ended["command"]] = ended["said"]
        return said

    def _introduce(self, said: dict[str, str]) -> None:
        lines = [
            ("Home", f"{self.plan.public_url}/"),
            ("Sign in once", said["sign_in_link"]),
            ("Overlay", said["overlay_url"]),
        ]
        if self.plan.rehearsal:
            lines.append(("Rehearsal", f"http://127.0.0.1:{self.plan.rehearsal_port}/"))
            self.say("This is a rehearsal: Twitch is played by a server on this machine.")
        for title, text in lines:
            self.say(f"  {title:<12}  {text}")

    def _wait_until_well(self) -> str:
        """Wait for the web process to say that all is well; return what is still missing."""
        deadline = time.monotonic() + READY_WITHIN
        while (missing := probe.what_is_missing(self.plan)) and time.monotonic() < deadline:
            self._pause(0.4)
        return missing

    def _until(self, is_so: Callable[[], bool], seconds: float, otherwise: str) -> None:
        deadline = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > deadline:
                raise CannotStart(otherwise)
            self._pause(PULSE)

    def _pause(self, seconds: float) -> None:
        if self._is_asked:
            raise Stopped
        for child in (*self.servers, *self.processes):
            child.tend()
        time.sleep(seconds)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._is_asked = True


def _stop_all(children: list[Child], patience: float) -> None:
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + patience
    while not all(child.has_stopped() for child in children) and time.monotonic() < deadline:
        time.sleep(PULSE)
    for child in children:
        with contextlib.suppress(subprocess.SubprocessError):
            child.kill()
