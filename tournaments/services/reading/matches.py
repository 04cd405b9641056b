"""Matches as everybody sees them, one by one and by match days."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tournaments.models import Ground, Match, Phase
from tournaments.services.matches import Day
from tournaments.services.reading.look import Look

# In the order of play.
ROUNDS = Phase.values
COMPLETED, LIVE = Match.Status.COMPLETED, Match.Status.LIVE


def match_row(look: Look, match: Match) -> dict[str, Any]:
    """Return one match; `score` is None before it is live, and of a void match."""
    return {
        "id": match.pk,
        "phase": match.phase,
        "phase_name": Phase(match.phase).label,
        "matchday": match.matchday,
        "leg": match.leg,
        "home": look.player(match.home_id),
        "away": look.player(match.away_id),
        "scheduled_at": match.scheduled_at,
        "status": match.status,
        "outcome": match.outcome,
        "score": score(match),
        "forfeit": _forfeit(match),
    }


def score(match: Match) -> dict[str, Any] | None:
    """Return the goals, with those of extra time; a shoot-out apart."""
    if match.status == Match.Status.SCHEDULED or match.home_goals is None:
        return None
    has_shootout = match.home_penalties is not None
    shootout = {"home": match.home_penalties, "away": match.away_penalties}
    return {
        "home": match.home_goals,
        "away": match.away_goals or 0,
        "has_extra_time": match.has_extra_time,
        "penalties": shootout if has_shootout else None,
    }


def _forfeit(match: Match) -> dict[str, Any] | None:
    """Return who did not play, and on what ground."""
    if match.outcome != Match.Outcome.FORFEIT:
        return None
    guilty = ((match.home_id, match.is_home_guilty), (match.away_id, match.is_away_guilty))
    ground = Ground(match.ground).label if match.ground else "forfeited"
    return {"by": [player for player, is_guilty in guilty if is_guilty], "ground": ground}


def matchdays(look: Look) -> list[dict[str, Any]]:
    """Return the match days of the league phase, each with its matches in the order of play."""
    days = defaultdict[int, list[Match]](list)
    for match in look.matches:
        if match.matchday is not None:
            days[match.matchday].append(match)
    return [
        {"matchday": day, **_day(look, Day(Phase.LEAGUE, day), matches)}
        for day, matches in sorted(days.items())
    ]


def legs(look: Look) -> list[dict[str, Any]]:
    """Return the legs of the knock-outs that have players, each as a day, in the order of play."""
    days = defaultdict[Day, list[Match]](list)
    for match in sorted(look.matches, key=_place):
        if match.tie_id is not None:
            days[Day.of(match)].append(match)
    return [_day(look, day, matches) for day, matches in days.items()]


def next_day(look: Look) -> dict[str, Any] | None:
    """Return the match day or leg that is on or comes next; the last one when all is played."""
    days = [*matchdays(look), *legs(look)]
    open_days = (day for day in days if day["completed"] < len(day["matches"]))
    return next(open_days, days[-1] if days else None)


def knockout_matches(look: Look) -> list[dict[str, Any]]:
    """Return the legs of all ties that have players, round by round."""
    found = [match for match in look.matches if match.tie_id is not None]
    return [match_row(look, match) for match in sorted(found, key=_place)]


def player_matches(look: Look, participant_id: str) -> list[dict[str, Any]]:
    """Return a player's matches in the order of play."""
    own = [match for match in look.matches if participant_id in (match.home_id, match.away_id)]
    return [match_row(look, match) for match in sorted(own, key=_place)]


def _place(match: Match) -> tuple[int, int]:
    return ROUNDS.index(match.phase), match.matchday or match.leg or 0


def _day(look: Look, day: Day, matches: list[Match]) -> dict[str, Any]:
    times = [match.scheduled_at for match in matches if match.scheduled_at]
    return {
        "name": str(day).capitalize(),
        "starts_at": min(times, default=None),
        "is_live": any(match.status == LIVE for match in matches),
        "completed": sum(match.status == COMPLETED for match in matches),
        "matches": [match_row(look, match) for match in matches],
    }
