"""The market of a match, and what viewers have staked, as pages, sockets and the API show it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from pushes.services import push
from tournaments.models import Match, Prediction, Tournament
from tournaments.rules.market import projected
from tournaments.services import coalescing
from tournaments.services.predictions.staking import TELL_POOLS
from tournaments.services.reading.single import pools
from twitch.models import Viewer

# What a projected return is told for, unless somebody asks for more or less.
USUAL_STAKE = 100


def market(match: Match, viewer: Viewer | None, points: int = USUAL_STAKE) -> dict[str, Any]:
    """Return what is staked on each side, and what `points` more would bring back there.

    A projection includes what the viewer has staked on that side already. It is no promise: others
    may still stake.
    """
    own = Prediction.objects.filter(match=match, viewer=viewer).first() if viewer else None
    sides = pools(match)
    staked = {side["side"]: side["points"] for side in sides}
    for side in sides:
        already = own.points_wagered if own and own.side == side["side"] else 0
        side["projected"] = projected(staked, side["side"], points, already)
    return {
        "match_id": match.pk,
        "is_open": is_open(match),
        "total": sum(staked.values()),
        "points": points,
        "least_stake": match.tournament.least_stake,
        "most_stake": match.tournament.most_stake,
        "sides": sides,
        "you": own
        and {**row(own), "projected": projected(staked, own.side, 0, own.points_wagered)},
    }


def is_open(match: Match) -> bool:
    """Tell whether points can be staked on this match."""
    is_off = match.is_set_aside or match.tournament.status in Tournament.ENDS
    if match.status != Match.Status.SCHEDULED or is_off:
        return False
    # From then on somebody knows how it ended.
    return not match.reports.exists()


def of_viewer(viewer: Viewer, tournament: Tournament | None = None) -> QuerySet[Prediction]:
    """Return a viewer's predictions with their matches, the newest first."""
    rows = Prediction.objects.filter(viewer=viewer).select_related(
        "match__tournament", "match__home__viewer", "match__away__viewer"
    )
    rows = rows.filter(match__tournament=tournament) if tournament else rows
    return rows.order_by("-made_at", "-pk")


def row(prediction: Prediction) -> dict[str, Any]:
    """Return a prediction as JSON's types."""
    return {
        "id": prediction.pk,
        "match_id": prediction.match_id,
        "side": prediction.side,
        "points_wagered": prediction.points_wagered,
        "status": prediction.status,
        "payout": prediction.payout,
        "made_at": prediction.made_at,
    }


def tell_pools(match_id: str) -> None:
    """Push what is staked on each side of a match."""
    coalescing.begin(TELL_POOLS, match_id)
    match = Match.objects.get(pk=match_id)
    push(match.group, {"type": "POOLS", "match_id": match.pk, "pools": pools(match)})
