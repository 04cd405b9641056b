"""Is everything well? One look at all that Greenroom needs, for people and for probes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from sagas import reading
from tokens.models import Token
from twitch.models import MessageConflict

STALE = timedelta(seconds=30)


@dataclass(frozen=True)
class Check:
    """How one thing is; the server is not ready while a `required` one is not `ok`."""

    ok: bool
    detail: str
    required: bool = False


# What a person may look at when a check is not well.
REMEDIES = {
    "eventsub": "admin:twitch_subscription_changelist",
    "tokens": "admin:tokens_token_changelist",
    "stuck_runs": "admin:sagas_run_changelist",
    "message_conflicts": "admin:twitch_messageconflict_changelist",
}


@dataclass(frozen=True)
class Report:
    checks: dict[str, Check]

    @property
    def status(self) -> str:
        """`ready`, `degraded` (it works, and a person should look) or `not_ready`."""
        if all(check.ok for check in self.checks.values()):
            return "ready"
        required = all(check.ok for check in self.checks.values() if check.required)
        return "degraded" if required else "not_ready"


def report() -> Report:
    """Look at everything that Greenroom needs, once; what is away is waited for once, too."""
    database, redis = _safely(_database, required=True), _safely(_redis, required=True)
    return Report(
        {
            "database": database,
            "redis": redis,
            "worker": _safely(lambda: _pulse("worker"), redis, required=True),
            "beat": _safely(lambda: _pulse("beat"), redis, required=True),
            "watcher": _safely(lambda: _pulse("watcher"), redis),
            "eventsub": _safely(_eventsub, redis),
            "tokens": _safely(_tokens, database),
            "stuck_runs": _safely(_stuck_runs, database),
            "message_conflicts": _safely(_conflicts, database),
        }
    )


def _safely(
    check: Callable[[], Check], needed: Check | None = None, *, required: bool = False
) -> Check:
    if needed is not None and not needed.ok:
        return Check(False, "not known", required)
    try:
        result = check()
    except Exception as error:
        # The name of the error is enough for a probe; its text may hold an address or a secret.
        return Check(False, type(error).__name__, required)
    return Check(result.ok, result.detail, required)


def _database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Check(True, "answers")


def _redis() -> Check:
    cache.set("pulse:probe", 1, 5)
    return Check(cache.get("pulse:probe") == 1, "answers")


def _pulse(name: str) -> Check:
    at: datetime | None = cache.get(f"pulse:{name}")
    if at is None:
        return Check(False, "not seen for two minutes")
    age = timezone.now() - at
    return Check(age < STALE, f"seen {age.total_seconds():.0f} s ago")


def _eventsub() -> Check:
    pulse: dict[str, Any] | None = cache.get("pulse:eventsub")
    if pulse is None:
        return Check(False, "not running")
    detail = str(pulse.get("state", "unknown"))
    connected_at = pulse.get("connected_at")
    if connected_at is not None:
        age = timezone.now() - connected_at
        detail += f" for {age.total_seconds():.0f} s"
    return Check(bool(pulse.get("ok")), detail)


def _tokens() -> Check:
    now = timezone.now()
    states = {
        f"{token.provider} {token.role}": _state(token, now)
        for token in Token.objects.without_secrets()
    }
    if "twitch broadcaster" not in states:
        states["twitch broadcaster"] = "not connected"
    return Check(
        all(state == "connected" for state in states.values()),
        ", ".join(f"{name}: {state}" for name, state in sorted(states.items())),
    )


def _state(token: Token, now: datetime) -> str:
    if token.reconnect_needed:
        return "reconnect needed"
    if not token.is_usable(now):
        return "expired"
    return "renewal fails" if token.refresh_failures else "connected"


def _stuck_runs() -> Check:
    count = reading.stuck_count()
    return Check(count == 0, str(count))


def _conflicts() -> Check:
    day = MessageConflict.objects.filter(received_at__gt=timezone.now() - timedelta(days=1))
    count = day.count()
    return Check(count == 0, f"{count} in the last day")
