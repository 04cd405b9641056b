"""One match as everybody sees it: with votes, pools, and how its result came to be."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Sum

from tournaments.models import Match, Prediction, Result, Tournament, VoteEvent
from tournaments.services.reading.bracket import tie_row
from tournaments.services.reading.look import Look
from tournaments.services.reading.matches import match_row


def shown_match(match_id: str) -> tuple[Match, Look]:
    """Return a match that everybody may see; raises Match.DoesNotExist."""
    found = Match.objects.select_related("tournament", "tie")
    match = found.exclude(tournament__status=Tournament.Status.DRAFT).get(pk=match_id)
    look = Look(match.tournament)
    if not look.is_revealed:
        raise Match.DoesNotExist
    return match, look


def match_document(match: Match, look: Look) -> dict[str, Any]:
    """Return a match with its tie, votes, pools and results; it must be one that may be seen."""
    return {
        **match_row(look, match),
        "tournament": {"id": look.tournament.pk, "name": look.tournament.name},
        "seq": match.seq,
        "is_set_aside": match.is_set_aside,
        "tie": _tie(look, match),
        "votes": [_vote(event) for event in match.vote_events.order_by("started_at", "pk")],
        "pools": pools(match),
        "results": [_result(row) for row in match.results.all()],
    }


def pools(match: Match) -> list[dict[str, Any]]:
    """Return what is staked on each side, and by how many; a tie's match cannot end in a draw."""
    rows = match.predictions.values_list("side").annotate(Sum("points_wagered"), Count("pk"))
    staked = {side: (points, viewers) for side, points, viewers in rows}
    sides = [
        side for side in Prediction.Side.values if side != Prediction.Side.DRAW or not match.tie_id
    ]
    return [
        dict(zip(("side", "points", "viewers"), (side, *staked.get(side, (0, 0))), strict=True))
        for side in sides
    ]


def _tie(look: Look, match: Match) -> dict[str, Any] | None:
    if match.tie is None:
        return None
    return tie_row(look, match.tie, [leg for leg in look.matches if leg.tie_id == match.tie_id])


def _vote(event: VoteEvent) -> dict[str, Any]:
    return {
        "id": event.pk,
        "status": event.status,
        "points_award": event.points_award,
        "cost_per_vote": event.cost_per_vote,
        "started_at": event.started_at,
        "ends_at": event.ends_at,
        "home_votes": event.home_votes,
        "away_votes": event.away_votes,
        "home_award": event.home_award,
        "away_award": event.away_award,
        "no_award_because": event.no_award_because,
    }


def _result(row: Result) -> dict[str, Any]:
    return {
        "at": row.at,
        "source": row.source,
        "source_name": Result.Source(row.source).label,
        "outcome": row.outcome,
        "home_goals": row.home_goals,
        "away_goals": row.away_goals,
        "has_extra_time": row.has_extra_time,
        "home_penalties": row.home_penalties,
        "away_penalties": row.away_penalties,
        "reason": row.reason,
    }
