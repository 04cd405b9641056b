"""A vote as pages, sockets and the API show it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet

from tournaments.models import Match, Participant, Vote, VoteEvent
from tournaments.services.clock import SecondsUntil
from twitch.models import Viewer


def events() -> QuerySet[VoteEvent]:
    """Return votes with their match and its players, and with `ends_in` in seconds."""
    return VoteEvent.objects.select_related(
        "match__tournament", "match__home__viewer", "match__away__viewer"
    ).annotate(ends_in=SecondsUntil("ends_at"))


def ends_in(event: VoteEvent) -> float:
    """Return the seconds that were left, below zero once it was over, as `events()` was read."""
    left: float = event.__dict__["ends_in"]
    return left


def active_of(match: Match) -> VoteEvent | None:
    """Return the vote that goes on in a match."""
    return events().filter(match=match, status=VoteEvent.Status.ACTIVE).first()


def active() -> QuerySet[VoteEvent]:
    """Return the votes that go on, the oldest first."""
    return events().filter(status=VoteEvent.Status.ACTIVE).order_by("started_at", "pk")


def tally(event: VoteEvent) -> tuple[int, int]:
    """Return the votes for the home and for the away player; counted while it goes on."""
    if event.home_votes is not None and event.away_votes is not None:
        return event.home_votes, event.away_votes
    counted = dict(
        Vote.objects.filter(event=event)
        .values_list("participant")
        .annotate(votes=Count("pk"))
        .order_by()
    )
    return counted.get(event.match.home_id, 0), counted.get(event.match.away_id, 0)


def document(event: VoteEvent) -> dict[str, Any]:
    """Return a vote of `events()` as JSON's types, with `ends_in` seconds from now."""
    home_votes, away_votes = tally(event)
    is_active = event.status == VoteEvent.Status.ACTIVE
    return {
        "id": event.pk,
        "match_id": event.match_id,
        "status": event.status,
        "points_award": event.points_award,
        "cost_per_vote": event.cost_per_vote,
        "most_per_viewer": event.most_per_viewer,
        "quorum": event.quorum,
        "tie_rule": event.tie_rule,
        "started_at": event.started_at,
        "ends_at": event.ends_at,
        "ends_in": max(0.0, round(ends_in(event), 3)) if is_active else 0.0,
        "ended_at": event.ended_at,
        "home": _choice(event.match.home, home_votes, event.home_award),
        "away": _choice(event.match.away, away_votes, event.away_award),
        "no_award_because": event.no_award_because,
        "is_refunded": event.refunded_at is not None,
    }


def own(event: VoteEvent, viewer: Viewer) -> dict[str, int]:
    """Return what a viewer has cast for each of the two, and how many votes are left to them."""
    cast = list(
        Vote.objects.filter(event=event, viewer=viewer).values_list("participant", flat=True)
    )
    return {
        "home": cast.count(event.match.home_id),
        "away": cast.count(event.match.away_id),
        "left": max(0, event.most_per_viewer - len(cast)),
    }


def _choice(player: Participant, votes: int, award: int) -> dict[str, Any]:
    return {
        "player_id": player.pk,
        "userId": player.viewer_id,
        "name": str(player),
        "votes": votes,
        "award": award,
    }
