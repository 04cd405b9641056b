"""The participants as everybody sees them: by pots, with whom each one meets."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tournaments.models import Match, Participant
from tournaments.rules.scenarios import strengths
from tournaments.rules.standings import Row
from tournaments.services.reading.look import Look


def participants(look: Look) -> list[dict[str, Any]]:
    """Return the pots, each with its players in the order of seeds.

    A player's `strength` is how hard the opponents are: their points for each match, 0.0 to 3.0,
    None while none of them has played.
    """
    opponents = defaultdict[str, list[dict[str, Any]]](list)
    league = [match for match in look.matches if match.matchday is not None]
    for match in league:
        opponents[match.home_id].append(_opponent(look, match, match.away_id, "home"))
        opponents[match.away_id].append(_opponent(look, match, match.home_id, "away"))
    hardness = _strengths(look, league)
    pots = defaultdict[int, list[dict[str, Any]]](list)
    for player in look.players.values():
        pots[player.pot].append(
            _entry(look, player)
            | {
                "strength": hardness.get(player.pk),
                "opponents": sorted(opponents[player.pk], key=lambda each: each["player"]["seed"]),
            }
        )
    return [{"pot": pot, "players": players} for pot, players in sorted(pots.items())]


def _entry(look: Look, player: Participant) -> dict[str, Any]:
    return {
        **look.player(player.pk),
        "status": player.status,
        "is_withdrawn": player.withdrawn_at is not None,
    }


def _opponent(look: Look, match: Match, opponent_id: str, at: str) -> dict[str, Any]:
    return {
        "player": look.player(opponent_id),
        "at": at,
        "match": match.pk,
        "matchday": match.matchday,
    }


def _strengths(look: Look, league: list[Match]) -> dict[str, float | None]:
    rows = [
        Row(id=line.participant_id, seed=0, lot=0, points=line.points, played=line.played)
        for line in look.lines
    ]
    if len(rows) < len(look.players):
        return {}
    return strengths(rows, [(match.home_id, match.away_id) for match in league])
