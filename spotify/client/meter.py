"""The count of our calls and the breaker: nothing is asked of Spotify past them."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from spotify.client import errors
from spotify.models import Breaker, Call

log = structlog.get_logger(__name__)


def admit(name: str, *, urgent: bool) -> Call:
    """Count a call that is about to be made.

    An urgent one may use the reserve. Raises RateLimited or QuotaExhausted while the breaker is
    open, and BudgetSpent. Never inside a transaction: its rollback would forget the call.
    """
    with transaction.atomic(durable=True):
        breaker = Breaker.held()
        now = timezone.now()
        if breaker.open_until is not None and breaker.is_open(now):
            raise errors.LATER[breaker.code](breaker.open_until, breaker.reason)
        allowed = allowance(urgent=urgent)
        if Call.objects.counting(now).count() >= allowed:
            raise errors.BudgetSpent(Call.objects.falls_below(allowed, now))
        return Call.objects.create(name=name, is_urgent=urgent, at=now)


def allowance(*, urgent: bool) -> int:
    """Return how many calls may be made in 24 hours."""
    budget: int = settings.SPOTIFY_DAILY_CALLS
    return budget if urgent else max(budget - settings.SPOTIFY_RESERVED_CALLS, 0)


def open_breaker(limit: errors.Later, now: datetime) -> None:
    """Let no call through before the limit's `retry_at`; of two, the later one counts."""
    with transaction.atomic(durable=True):
        breaker = Breaker.held()
        if breaker.open_until is not None and breaker.open_until >= limit.retry_at:
            return
        breaker.open_until = limit.retry_at
        breaker.code = limit.code
        breaker.reason = limit.sentence
        breaker.opened_at = now
        breaker.save(update_fields=["open_until", "code", "reason", "opened_at"])
    log.warning("spotify.breaker_opened", why=limit.code, until=limit.retry_at.isoformat())
