"""The bracket as everybody sees it: every place from day one, filled as it becomes certain."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tournaments.models import Match, Phase, Tie
from tournaments.services.reading.look import Look
from tournaments.services.reading.matches import match_row


def bracket(look: Look) -> list[dict[str, Any]]:
    """Return the rounds in the order of play, each with its ties from the top."""
    legs = defaultdict[int, list[Match]](list)
    for match in look.matches:
        if match.tie_id is not None:
            legs[match.tie_id].append(match)
    rounds = []
    for phase in Phase:
        ties = [tie_row(look, tie, legs[tie.pk]) for tie in look.ties if tie.phase == phase]
        if ties:
            rounds.append({"phase": phase.value, "name": phase.label, "ties": ties})
    return rounds


def tie_row(look: Look, tie: Tie, legs: list[Match]) -> dict[str, Any]:
    """Return one tie; its goals are the aggregate of all legs that are settled."""
    return {
        "slot": tie.slot,
        "legs": tie.legs,
        "better": _side(look, tie, "better", legs),
        "other": _side(look, tie, "other", legs),
        "winner": tie.winner_id,
        "decided_by": tie.decided_by,
        "matches": [match_row(look, leg) for leg in legs],
    }


def _side(look: Look, tie: Tie, side: str, legs: list[Match]) -> dict[str, Any]:
    player_id = getattr(tie, f"{side}_id")
    shootouts = (_of(leg, player_id, "penalties") for leg in legs)
    return {
        "player": look.player(player_id) if player_id else None,
        "label": getattr(tie, f"{side}_label"),
        "path_seed": getattr(tie, f"{side}_path_seed"),
        "goals": getattr(tie, f"{side}_goals"),
        "leg_goals": [_of(leg, player_id, "goals") for leg in legs],
        "penalties": next((each for each in shootouts if each is not None), None),
        "is_winner": player_id is not None and player_id == tie.winner_id,
    }


def _of(leg: Match, player_id: str | None, what: str) -> int | None:
    """Return a player's `goals` or `penalties` in a leg; None before it is live."""
    if leg.status == Match.Status.SCHEDULED:
        return None
    at = "home" if player_id == leg.home_id else "away"
    value: int | None = getattr(leg, f"{at}_{what}")
    return value
