"""When Discord may be called: what it asks of one webhook, what it asks of all of us, and trouble.

A webhook's pause is kept in its row; what holds for everybody is in the cache, whose loss costs one
refusal. While everybody has to wait the worker itself does, as nothing else in its lane may go on.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.cache import cache
from django.utils import timezone

from sagas.flow import Wait
from sagas.poke import poke_in
from watcher.client.answers import Answer
from watcher.client.errors import RateLimited
from watcher.models import Target
from watcher.services import targets

log = structlog.get_logger(__name__)

LANE = "watcher"

# Discord takes fifty calls a second from one address, those of the dashboard and others too.
CALLS_A_SECOND = 40
# So many different webhooks in trouble, one after the other, are Discord's trouble.
MANY = 3
LONGEST_REST = timedelta(seconds=15)
# A worker stays at one run for so long at most, so that it can be stopped.
LONGEST_NAP = 5.0
# For shorter waits than this the clock's sweep would be late.
SHORT = timedelta(seconds=20)
A_LITTLE = timedelta(milliseconds=20)

# Seconds. Longer than Discord's pauses are believed.
KEPT = 3700
_REST, _TROUBLE, _SECOND = "watcher:rest", "watcher:trouble", "watcher:calls:{}"


def permit(target: Target) -> None:
    """Return when this webhook may be called; raises Wait when that takes longer."""
    now = timezone.now()
    if target.rests_until and target.rests_until > now:
        raise come_back(target.rests_until)
    ends_at = now + timedelta(seconds=LONGEST_NAP)
    while (until := _closed_until(timezone.now())) is not None:
        if until > ends_at:
            raise Wait(until, "Discord asks us to come back later.")
        time.sleep(max(0.0, (until - timezone.now()).total_seconds()))


def come_back(until: datetime, why: str = "") -> Wait:
    """Return a wait that ends on time, also if it is a short one."""
    left = until - timezone.now()
    if timedelta() < left < SHORT:
        poke_in(left + A_LITTLE, LANE)
    return Wait(until, why)


def went_well(target: Target, answer: Answer) -> None:
    """Note an answer: the last call of a bucket is followed by a pause, before Discord asks."""
    if answer.remaining == 0 and answer.reset_after:
        targets.rest(target, timezone.now() + timedelta(seconds=answer.reset_after))
    _write(_TROUBLE, None)


def limited(target: Target, error: RateLimited) -> None:
    """Note that Discord asks us to come back later, with this webhook or at all."""
    if error.is_global:
        _write(_REST, error.until)
    else:
        targets.rest(target, error.until)


def in_trouble(target: Target) -> None:
    """Note that a call did not get through; with many webhooks in a row all calls rest a while."""
    seen: list[str] = _read(_TROUBLE) or []
    if target.pk not in seen:
        seen = [*seen, target.pk][-20:]
        _write(_TROUBLE, seen)
    if len(seen) >= MANY:
        rest = min(LONGEST_REST, timedelta(seconds=2 ** (len(seen) - MANY)))
        _write(_REST, timezone.now() + rest)


def _closed_until(now: datetime) -> datetime | None:
    """Return until when nobody may call; counts the call if somebody may."""
    until: datetime | None = _read(_REST)
    if until is not None and until > now:
        return until
    second = int(now.timestamp())
    if _count(_SECOND.format(second)) <= CALLS_A_SECOND:
        return None
    return datetime.fromtimestamp(second + 1, tz=now.tzinfo)


def _read(key: str) -> Any:
    try:
        return cache.get(key)
    except Exception as error:
        return _without_cache(error)


def _write(key: str, value: Any) -> None:
    try:
        if value is None:
            cache.delete(key)
        else:
            cache.set(key, value, KEPT)
    except Exception as error:
        _without_cache(error)


def _count(key: str) -> int:
    try:
        cache.add(key, 0, KEPT)
        return int(cache.incr(key))
    except Exception as error:
        _without_cache(error)
        return 0


def _without_cache(error: Exception) -> None:
    log.warning("watcher.no_cache", error=type(error).__name__)
