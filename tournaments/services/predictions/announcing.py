"""What is said in chat of settled predictions: one line for all that are settled at a time."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from sagas.flow import Wait
from tournaments import texts
from tournaments.models import Prediction, Settlement
from twitch.services import chat

PAUSE = timedelta(seconds=30)
# What comes within this time of a settlement is told with it: a match day often ends at once.
GATHERING = timedelta(seconds=5)
MOST = 3
_TELLING_LOCK = 7_203_106


def gather(settlement: Settlement) -> None:
    """Take all that waits to be told into one line; raises Wait soon after another one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TELLING_LOCK])
    waiting = Settlement.objects.filter(told_with=None, reversed_at=None, payouts__gt=0)
    if not waiting.filter(pk=settlement.pk).exists():
        return
    last = Settlement.objects.aggregate(at=Max("told_at"))["at"]
    begins = max(filter(None, (settlement.at + GATHERING, last and last + PAUSE)))
    if timezone.now() < begins:
        raise Wait(begins, "More may be settled soon, or something was told just now.")
    waiting.update(told_with=settlement)
    settlement.told_with = settlement
    settlement.told_at = timezone.now()


def tell(settlement: Settlement) -> None:
    """Say in chat what was gathered, and not taken back since."""
    told = settlement.told_together.filter(reversed_at=None).select_related(
        "match__home__viewer", "match__away__viewer"
    )
    if rows := list(told.order_by("pk")):
        chat.say(chat.render(texts.SETTLED, matches=_listed(rows)))


def _listed(rows: list[Settlement]) -> str:
    parts = [_result(row) for row in rows[:MOST]]
    if len(rows) > MOST:
        parts.append(f"and {len(rows) - MOST} more")
    return " · ".join(parts)


def _result(row: Settlement) -> str:
    bets = row.match.predictions
    winners = bets.filter(status=Prediction.Status.WON).count()
    return f"{row.match}: {winners:,} of {bets.count():,} were right and share {row.payouts:,}"
