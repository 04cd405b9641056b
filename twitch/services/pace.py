"""How fast an account may speak: Twitch silences one that is faster, for an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

import structlog
from django.db import connection, transaction
from django.utils import timezone

from sagas.flow import NotDone, RateLimited, Wait
from tokens import services as tokens
from twitch.client import helix
from twitch.client.errors import HelixError
from twitch.client.oauth import BROADCASTER
from twitch.models import SaidLine

log = structlog.get_logger(__name__)

# Twitch's limits: so many lines in so long for everybody, and for moderators and the broadcaster.
WINDOW = timedelta(seconds=30)
MOST = 20
MOST_OF_MODERATORS = 100
# A line that is being sent may be counted later than it was let through.
AIR = timedelta(seconds=1)

# How long it is believed that the account is a moderator, or is none.
PERIOD = timedelta(minutes=10)
_LOCK = 0x50616365


def take_turn(role: str, account_id: str) -> None:
    """Count a line that is about to be said; raises RateLimited when it would be one too many."""
    now = timezone.now()
    most = MOST_OF_MODERATORS if role == BROADCASTER or is_moderator(account_id, now) else MOST
    lines = SaidLine.objects.filter(account_id=account_id)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        lines.filter(said_at__lte=now - WINDOW - AIR).delete()
        counted = list(lines.order_by("-said_at").values_list("said_at", flat=True)[:most])
        if len(counted) == most:
            raise RateLimited(counted[-1] + WINDOW + AIR, "Chat has heard enough for the moment.")
        SaidLine.objects.create(account_id=account_id, said_at=now)


def is_moderator(account_id: str, now: datetime) -> bool:
    """Whether the account is a moderator of the channel, as far as Twitch says."""
    return _is_moderator(account_id, int(now.timestamp() // PERIOD.total_seconds()))


@lru_cache(maxsize=4)
def _is_moderator(account_id: str, _period: int) -> bool:
    """Whether the account is a moderator of the channel; asked once in a period."""
    try:
        return helix.is_moderator(tokens.account_id("twitch", BROADCASTER), account_id)
    except (HelixError, NotDone, Wait) as error:
        log.warning("chat.slow", why=str(error))
        return False
