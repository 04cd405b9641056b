"""GREENROOM_HOME: the folder that holds what one installation must remember between runs."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable, Container
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SECRETS = "secrets.env"
SERVERS = "servers.env"


def home() -> Path:
    """Return the folder named by GREENROOM_HOME, by default `.greenroom` beside manage.py."""
    return Path(os.environ.get("GREENROOM_HOME") or ROOT / ".greenroom").expanduser().resolve()


def read_env_file(path: Path) -> dict[str, str]:
    """Return the NAME=value lines of `path`; an absent file is an empty one.

    Blank lines and lines that begin with `#` are skipped; one pair of quotes around a value is
    dropped.
    """
    if not path.is_file():
        return {}
    values = {}
    # What is no UTF-8, as in a remark of an old editor, stays what it is, like in the environment.
    for line in path.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        name, separator, value = line.strip().partition("=")
        if separator and not name.startswith("#"):
            value = value.strip()
            if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
                value = value[1:-1]
            values[name.strip()] = value
    return values


def write_env_file(path: Path, values: dict[str, str]) -> None:
    """Write `values` to `path` at once and readable by its owner only (mode 0600)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in sorted(values.items()))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def generated_secrets(given: Container[str] = ()) -> dict[str, str]:
    """Return this installation's own secrets, making those that are missing at first use.

    Secrets that are `given` otherwise are not made, so that nothing is written where all are.

    DJANGO_SECRET_KEY signs sessions, ENCRYPTION_KEYS (newest first, comma-separated Fernet keys)
    encrypts tokens, TWITCH_WEBHOOK_SECRET signs EventSub deliveries.
    """
    path = home() / SECRETS
    known = read_env_file(path)
    wanted: dict[str, Callable[[], str]] = {
        "DJANGO_SECRET_KEY": lambda: secrets.token_urlsafe(48),
        "ENCRYPTION_KEYS": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "TWITCH_WEBHOOK_SECRET": lambda: secrets.token_hex(32),
    }
    missing = {
        name: make() for name, make in wanted.items() if not known.get(name) and name not in given
    }
    if missing:
        known |= missing
        write_env_file(path, known)
    return known


def running_servers() -> dict[str, str]:
    """Return DATABASE_URL and REDIS_URL of the embedded servers, as written when they started."""
    return read_env_file(home() / SERVERS)
