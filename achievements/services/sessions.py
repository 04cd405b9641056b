"""Which stream session a moment belongs to, by what was heard of streams."""

from __future__ import annotations

from datetime import datetime

from django.db.models import OuterRef, Subquery

from achievements.models import HeardFact
from achievements.registry import ENDED, STARTED


def session_at(at: datetime) -> str:
    """Return the id of the session that was on then; "" when the channel was not live."""
    ended = HeardFact.objects.filter(kind=ENDED, key=OuterRef("key")).values("at")[:1]
    started = HeardFact.objects.filter(kind=STARTED, at__lte=at).annotate(ended_at=Subquery(ended))
    row = started.order_by("-at", "-key").values_list("key", "ended_at").first()
    if row is None:
        return ""
    session_id, ended_at = row
    return session_id if ended_at is None or at <= ended_at else ""


def latest() -> str:
    """Return the id of the newest session, on air or over; "" before the first."""
    started = HeardFact.objects.filter(kind=STARTED).order_by("-at", "-key")
    return started.values_list("key", flat=True).first() or ""


def reassign(since: datetime) -> set[str]:
    """Put every fact from then on into its session; returns the sessions that lost or won some."""
    touched: set[str] = set()
    about_viewers = HeardFact.objects.filter(at__gte=since, viewer__isnull=False)
    for fact in about_viewers.only("at", "session_id").iterator():
        session_id = session_at(fact.at)
        if session_id != fact.session_id:
            touched |= {session_id, fact.session_id}
            HeardFact.objects.filter(pk=fact.pk).update(session_id=session_id)
    return touched - {""}
