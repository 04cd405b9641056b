"""What is to run: the few settings the supervisor itself reads, from the environment and `.env`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config import home


class CannotStart(Exception):
    """Greenroom cannot start here; the message is one sentence for the person at the terminal."""


@dataclass(frozen=True)
class Plan:
    """The shape of one run; an empty URL asks for the embedded server."""

    home: Path
    host: str
    port: int
    public_url: str
    workers: int
    watchers: int
    rehearsal: bool
    rehearsal_port: int
    database_url: str
    redis_url: str

    @property
    def name(self) -> str:
        """Return the name of the mode's own database: rehearsed rows never meet real ones."""
        return "greenroom_rehearsal" if self.rehearsal else "greenroom"

    @property
    def redis_number(self) -> int:
        """Return the mode's own numbered database in the embedded Valkey."""
        return 1 if self.rehearsal else 0


def read_plan() -> Plan:
    """Return the plan that the environment and `.env` describe; raise CannotStart on nonsense."""
    values = home.read_env_file(home.ROOT / ".env") | {k: v for k, v in os.environ.items() if v}
    if values.get("GREENROOM_HOME"):
        os.environ["GREENROOM_HOME"] = values["GREENROOM_HOME"]
    port = _port(values, "PORT", 8000)
    live = bool(values.get("TWITCH_CLIENT_ID", "").strip())
    return Plan(
        home=home.home(),
        host=values.get("HOST", "127.0.0.1"),
        port=port,
        public_url=values.get("PUBLIC_URL", f"http://localhost:{port}").rstrip("/"),
        workers=_integer(values, "WORKER_PROCESSES", 4, 1, 64),
        watchers=_integer(values, "WATCHER_PROCESSES", 2, 1, 64),
        rehearsal=_switch(values, "REHEARSAL", not live),
        rehearsal_port=_port(values, "REHEARSAL_PORT", 8001),
        database_url=values.get("DATABASE_URL", ""),
        redis_url=values.get("REDIS_URL", ""),
    )


def _port(values: Mapping[str, str], name: str, default: int) -> int:
    return _integer(values, name, default, 1, 65535)


def _integer(values: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = values.get(name, str(default)).strip()
    if not value.isdecimal() or not least <= int(value) <= most:
        raise CannotStart(f"{name} must be a whole number from {least} to {most}, not {value!r}.")
    return int(value)


def _switch(values: Mapping[str, str], name: str, default: bool) -> bool:
    value = values.get(name, "").strip().lower()
    if value and value not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
        raise CannotStart(f"{name} must be on or off, not {value!r}.")
    return value in ("1", "true", "yes", "on") if value else default
