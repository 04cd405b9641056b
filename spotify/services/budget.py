"""What may be asked of Spotify now, what not, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.utils import timezone

from spotify.client import errors, http, meter
from spotify.client.oauth import NAME, PLAYER
from spotify.client.payloads import Playback
from spotify.models import KEPT, Breaker, Call
from tokens import services as tokens

log = structlog.get_logger(__name__)

# A request asks for a track and adds it to the queue.
CALLS_OF_A_REQUEST = 2
# What stood in the player's way may be over although nobody looked again.
MEMORY = timedelta(minutes=15)
# Without an answer for so long, a call is not under way any more.
ANSWERED_WITHIN = timedelta(seconds=http.LONGEST_ANSWER)
DEVICE_PROBLEMS = (errors.NoActiveDevice.code, errors.RestrictedDevice.code)


@dataclass(frozen=True)
class BudgetState:
    """Calls of the last 24 hours, and the breaker: `open_until` is None while calls may pass.

    `code` and `reason` say why it is open, and are empty while it is not.
    """

    used: int
    budget: int
    reserve: int
    open_until: datetime | None
    code: str
    reason: str
    connected: bool


def state(now: datetime) -> BudgetState:
    """Return how we stand with Spotify."""
    breaker = Breaker.seen()
    is_open = breaker.is_open(now)
    return BudgetState(
        used=Call.objects.counting(now).count(),
        budget=settings.SPOTIFY_DAILY_CALLS,
        reserve=settings.SPOTIFY_RESERVED_CALLS,
        open_until=breaker.open_until if is_open else None,
        code=breaker.code if is_open else "",
        reason=breaker.reason if is_open else "",
        connected=_is_connected(),
    )


def closed(now: datetime) -> tuple[str, str] | None:
    """Return why a song request cannot be served now, as code and sentence; None when it can."""
    if not _is_connected():
        return errors.ReconnectNeeded.code, "Connect the player's Spotify account."
    breaker = Breaker.seen()
    if breaker.is_open(now):
        return breaker.code, breaker.reason
    if Call.objects.counting(now).count() + CALLS_OF_A_REQUEST > meter.allowance(urgent=True):
        return errors.BudgetSpent.code, errors.BudgetSpent.default
    problem = errors.BY_CODE.get(breaker.player_code)
    if problem and breaker.player_at and now - breaker.player_at < MEMORY:
        return problem.code, problem.default
    return None


def may_read(now: datetime) -> bool:
    """Whether a call may be made that leaves the reserve alone."""
    return (
        not Breaker.seen().is_open(now)
        and Call.objects.counting(now).count() < meter.allowance(urgent=False)
        and _is_connected()
    )


def used_since(at: datetime) -> int:
    """Return how many calls were made after that time, which is within the last 24 hours."""
    return Call.objects.filter(at__gt=at).count()


def is_in_trouble(now: datetime) -> bool:
    """Whether Spotify failed over the newest call, or did not answer it."""
    over = Call.objects.exclude(status=0, at__gt=now - ANSWERED_WITHIN)
    newest = over.order_by("-at", "-pk").first()
    return newest is not None and (newest.status == 0 or newest.status >= 500)


def close_breaker(actor_name: str) -> bool:
    """Let calls through again, whatever Spotify said; returns whether the breaker was open."""
    now = timezone.now()
    closed = Breaker.objects.filter(open_until__gt=now).update(open_until=None)
    if closed:
        log.warning("spotify.breaker_closed", by=actor_name)
    return bool(closed)


def saw(code: str) -> None:
    """Remember what stood in the player's way just now; an empty code forgets it."""
    if not code:
        Breaker.objects.exclude(player_code="").update(player_code="", player_at=None)
        return
    Breaker.objects.bulk_create([Breaker()], ignore_conflicts=True)
    Breaker.objects.update(player_code=code, player_at=timezone.now())


def saw_device(playback: Playback) -> None:
    """Remember whether a device can be commanded; of Premium, a look tells nothing."""
    if not playback.is_active_device:
        saw(errors.NoActiveDevice.code)
    elif playback.is_restricted_device:
        saw(errors.RestrictedDevice.code)
    else:
        Breaker.objects.filter(player_code__in=DEVICE_PROBLEMS).update(
            player_code="", player_at=None
        )


def prune(now: datetime) -> None:
    """Forget calls that have not counted for an hour."""
    Call.objects.filter(at__lte=now - KEPT).delete()


def _is_connected() -> bool:
    return tokens.is_connected(NAME, PLAYER) and not tokens.missing_scopes(NAME, PLAYER)
