"""Times as the providers write them: RFC 3339 in UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def seconds(at: datetime | None = None) -> str:
    """``2026-01-31T12:00:00Z``, as Helix writes times; now when no time is given."""
    return (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")


def nanoseconds() -> str:
    """Now with nine fractional digits, as EventSub writes times."""
    whole, fraction = divmod(time.time_ns(), 1_000_000_000)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{fraction:09d}Z"


def microseconds() -> str:
    """Now with an offset in place of the Z, as Discord writes times."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
