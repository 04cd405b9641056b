"""What became of a show: everything in it, put together from what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from achievements.models import Standing
from raffle.models import Roll
from songqueue import texts
from songqueue.models import Play, SongRequest
from studio.services.room import points
from twitch.models import Chapter, Raid, Redemption, StreamSession

TOP = 5


@dataclass(frozen=True)
class Span:
    """From when to when a show lasted; an open one lasts until now."""

    since: datetime
    until: datetime

    @property
    def as_range(self) -> tuple[datetime, datetime]:
        return self.since, self.until


def shows() -> QuerySet[StreamSession]:
    """Return the shows, the newest first, with how many watched."""
    return StreamSession.objects.with_viewers().order_by("-started_at", "-pk")


def report(session: StreamSession) -> dict[str, Any]:
    """Return what became of a show, ready for JSON.

    It is the same each time once the show is over, and so is what was under way at its end.
    """
    span = Span(session.started_at, session.ended_at or timezone.now())
    watched = StreamSession.objects.with_viewers().get(pk=session.pk)
    average = watched.average_viewers
    return {
        "session_id": session.pk,
        "is_over": session.ended_at is not None,
        "started_at": span.since.isoformat(),
        "ended_at": session.ended_at.isoformat() if session.ended_at else None,
        "duration_seconds": int((span.until - span.since).total_seconds()),
        "peak_viewers": watched.peak_viewers,
        "average_viewers": None if average is None else round(float(average), 1),
        "viewers": points(session.pk),
        "chapters": _chapters(session, span),
        "redemptions": _redemptions(span),
        "songs": _songs(span),
        "top_requesters": _top_requesters(span),
        "raffle": _raffle(span),
        "unlocks": _unlocks(session, span),
        "raids": _raids(session),
        "refunds": _refunds(span),
    }


def _chapters(session: StreamSession, span: Span) -> list[dict[str, Any]]:
    chapters = list(Chapter.objects.filter(session=session))
    ends = [*(chapter.started_at for chapter in chapters[1:]), span.until]
    return [
        {
            "started_at": chapter.started_at.isoformat(),
            "seconds": max(int((end - chapter.started_at).total_seconds()), 0),
            "title": chapter.title,
            "category": chapter.category_name,
        }
        for chapter, end in zip(chapters, ends, strict=False)
    ]


def _redemptions(span: Span) -> dict[str, int]:
    made = Redemption.objects.filter(redeemed_at__range=span.as_range)
    totals = made.aggregate(points=Sum("cost"))
    return {
        "made": made.count(),
        "points": totals["points"] or 0,
        "fulfilled": made.filter(status=Redemption.Status.FULFILLED).count(),
        "refunded": made.filter(status=Redemption.Status.CANCELED).count(),
        "open": made.filter(status=Redemption.Status.UNFULFILLED).count(),
    }


def _songs(span: Span) -> list[dict[str, Any]]:
    """Return what was heard for long enough to count, in its order."""
    heard = Play.objects.filter(started_at__range=span.as_range, ended_at__isnull=False)
    rows = heard.select_related("track", "request__viewer").order_by("started_at", "pk")
    return [
        {
            "started_at": play.started_at.isoformat(),
            "title": play.track.name if play.track else play.title,
            "artists": list(play.track.artists) if play.track else [],
            "requested_by": str(play.request.viewer) if play.request else None,
            "outcome": play.outcome,
            "heard_seconds": play.heard_ms // 1000,
        }
        for play in rows
    ]


def _top_requesters(span: Span) -> list[dict[str, Any]]:
    played = SongRequest.objects.heard().filter(started_at__range=span.as_range)
    rows = played.values("viewer_id", "viewer__display_name").annotate(songs=Count("pk"))
    return [
        {"viewer": row["viewer__display_name"], "songs": row["songs"]}
        for row in rows.order_by("-songs", "viewer__display_name", "viewer_id")[:TOP]
    ]


def _raffle(span: Span) -> dict[str, Any]:
    rolls = Roll.objects.made().filter(rolled_at__range=span.as_range).select_related("viewer")
    wins = rolls.filter(is_win=True).order_by("rolled_at", "pk")
    closest = rolls.filter(is_win=False).order_by("distance", "rolled_at", "pk").first()
    return {
        "rolls": rolls.count(),
        "players": rolls.values("viewer").distinct().count(),
        "winners": [{"viewer": str(roll.viewer), "roll": roll.roll} for roll in wins],
        "closest": {"viewer": str(closest.viewer), "distance": closest.distance}
        if closest
        else None,
    }


def _unlocks(session: StreamSession, span: Span) -> list[dict[str, Any]]:
    earned = Standing.objects.earned().filter(earned_at__range=span.as_range)
    rows = earned.filter(session_id__in=["", session.pk]).select_related("definition", "viewer")
    return [
        {
            "at": standing.earned_at.isoformat() if standing.earned_at else None,
            "viewer": str(standing.viewer),
            "achievement": standing.definition.key,
            "name": standing.definition.name,
            "icon": standing.definition.icon,
        }
        for standing in rows.order_by("earned_at", "pk")
    ]


def _raids(session: StreamSession) -> list[dict[str, Any]]:
    raids = Raid.objects.filter(session=session).select_related("raider").order_by("raided_at")
    return [
        {"at": raid.raided_at.isoformat(), "raider": str(raid.raider), "viewers": raid.viewers}
        for raid in raids
    ]


def _refunds(span: Span) -> list[dict[str, Any]]:
    """Return what was redeemed during the show and given back, then or later, and why."""
    made = Redemption.objects.filter(redeemed_at__range=span.as_range)
    rows = made.filter(status=Redemption.Status.CANCELED)
    return [
        {
            "at": row.redeemed_at.isoformat(),
            "viewer": str(row.viewer),
            "reward": row.reward_title,
            "points": row.cost,
            "why": _why(row),
        }
        for row in rows.select_related("viewer", "song_request").order_by("redeemed_at", "pk")
    ]


def _why(row: Redemption) -> str:
    song: SongRequest | None = getattr(row, "song_request", None)
    return texts.label(song.code) if song else ""
