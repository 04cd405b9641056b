"""The table as everybody sees it: zones, form, and why each line stands above the next."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tournaments.models import Match, Standing, Tournament
from tournaments.rules.formats import Format
from tournaments.services.reading.look import Look

LATEST = 5
COLUMNS = (
    *("rank", "zone", "outlook", "played", "wins", "draws", "losses", "goals_for"),
    *("goals_against", "goal_difference", "away_goals", "away_wins", "points", "bonus", "total"),
    *("opponents_points", "opponents_goal_difference", "opponents_goals", "strikes"),
)


def table(look: Look) -> dict[str, Any]:
    """Return the table; before the roster is published it has no rows.

    `points` are sporting ones, `bonus` those of votes, `total` what counts.
    """
    forms = _forms(look)
    form = look.form
    return {
        "is_final": look.tournament.status
        in (Tournament.Status.KNOCKOUTS, Tournament.Status.COMPLETED),
        "has_bonus": look.tournament.bonus_mode != Tournament.BonusMode.OFF,
        "zones": _zones(form) if form else [],
        "rows": [_row(look, line, forms[line.participant_id]) for line in look.lines],
    }


def _row(look: Look, line: Standing, form: list[dict[str, Any]]) -> dict[str, Any]:
    player = look.players[line.participant_id]
    return {
        **{name: getattr(line, name) for name in COLUMNS},
        "player": look.player(player.pk),
        "status": player.status,
        "is_withdrawn": player.withdrawn_at is not None,
        "form": form[-LATEST:],
        "above_next": _why(line),
    }


def _why(line: Standing) -> dict[str, str] | None:
    """Say what puts it above the next one; None for the last."""
    if not line.decided_by:
        return None
    return {
        "criterion": line.decided_by,
        "value": line.decided_value,
        "next_value": line.decided_next_value,
    }


def _zones(form: Format) -> list[dict[str, Any]]:
    into = form.rounds[1].name
    zones = [
        ("direct", 1, form.direct, f"straight to the {into}"),
        ("playoff", form.direct + 1, form.through, "play-offs"),
        ("out", form.through + 1, form.players, "out"),
    ]
    return [
        {"zone": zone, "from": first, "to": last, "leads_to": leads_to}
        for zone, first, last, leads_to in zones
        if first <= last
    ]


def _forms(look: Look) -> defaultdict[str, list[dict[str, Any]]]:
    """Return what each player's league matches were, oldest first; void ones are none."""
    forms = defaultdict[str, list[dict[str, Any]]](list)
    for match in look.matches:
        if match.matchday is None or match.outcome in ("", Match.Outcome.VOID):
            continue
        home, away = match.home_goals, match.away_goals
        forms[match.home_id].append(_form(look, match, match.away_id, (home, away)))
        forms[match.away_id].append(_form(look, match, match.home_id, (away, home)))
    return forms


def _form(
    look: Look, match: Match, opponent_id: str, goals: tuple[int | None, int | None]
) -> dict[str, Any]:
    """Return a match as one of the two remembers it; what both forfeited, both lost."""
    own, others = (each or 0 for each in goals)
    is_played = goals[0] is not None
    sign = "W" if own > others else "D" if own == others and is_played else "L"
    return {
        "match": match.pk,
        "result": sign,
        "score": f"{own}–{others}" if is_played else "forfeited",
        "opponent": str(look.players[opponent_id]),
    }
