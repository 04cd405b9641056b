"""All past shows in numbers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Avg, Count, F, Max, Min, Sum

from rest.memory import Row, Shape, remembered
from twitch.models import StreamSession, ViewerCount

SUMS: Shape = {
    "sessions": int,
    "total_seconds": int,
    "average_seconds": int,
    "longest_seconds": int,
    "peak_viewers": (int, type(None)),
    "average_viewers": (float, type(None)),
    "first_started_at": (str, type(None)),
    "last_ended_at": (str, type(None)),
}


def sums() -> Row:
    """Return sums over the sessions that are over; None where nothing was counted."""
    rows = remembered("twitch.stats:streams", SUMS, lambda: [_count()])
    return rows[0] if rows else _count()


def _count() -> Row:
    lasted = F("ended_at") - F("started_at")
    shows = StreamSession.objects.ended().aggregate(
        sessions=Count("pk"),
        total=Sum(lasted, default=timedelta()),
        average=Avg(lasted, default=timedelta()),
        longest=Max(lasted, default=timedelta()),
        first=Min("started_at"),
        last=Max("ended_at"),
    )
    # Counted once a minute, so that a long show weighs more than a short one.
    watched = ViewerCount.objects.filter(session__ended_at__isnull=False)
    viewers = watched.aggregate(peak=Max("viewers"), average=Avg("viewers"))
    average = viewers["average"]
    return {
        "sessions": shows["sessions"],
        "total_seconds": int(shows["total"].total_seconds()),
        "average_seconds": int(shows["average"].total_seconds()),
        "longest_seconds": int(shows["longest"].total_seconds()),
        "peak_viewers": viewers["peak"],
        "average_viewers": None if average is None else round(float(average), 1),
        "first_started_at": _text(shows["first"]),
        "last_ended_at": _text(shows["last"]),
    }


def _text(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
