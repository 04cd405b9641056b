"""A tournament to take along: as JSON, as tables for spreadsheets, as calendars."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from tournaments.models import Match, Tournament
from tournaments.rules.calendars import Event, calendar
from tournaments.services import reading
from tournaments.services.reading import Look

FORMAT = "greenroom.tournament/1"
LASTS = timedelta(minutes=30)
# What begins so is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")

TABLE = (
    *("rank", "player", "user_id", "zone", "played", "wins", "draws", "losses", "goals_for"),
    *("goals_against", "goal_difference", "away_goals", "away_wins", "points", "bonus", "total"),
    *("opponents_points", "opponents_goal_difference", "opponents_goals", "strikes"),
    *("above_next_by", "value", "next_value"),
)
MATCHES = (
    *("id", "phase", "matchday", "leg", "scheduled_at", "home", "home_user_id", "away"),
    *("away_user_id", "status", "outcome", "home_goals", "away_goals", "extra_time"),
    *("home_penalties", "away_penalties"),
)


def whole(look: Look) -> dict[str, Any]:
    """Return everything that may be seen of the tournament."""
    return {
        "format": FORMAT,
        "tournament": reading.tournament_document(look),
        "pots": reading.participants(look),
        "table": reading.table(look),
        "matchdays": reading.matchdays(look),
        "rounds": reading.bracket(look),
    }


def table_csv(look: Look) -> str:
    """Return the table; what a spreadsheet would take for a formula gets an apostrophe."""
    return _csv(TABLE, map(_line, reading.table(look)["rows"]))


def matches_csv(look: Look) -> str:
    """Return every match of the league phase and of the knock-outs."""
    league = [match for day in reading.matchdays(look) for match in day["matches"]]
    return _csv(MATCHES, map(_match, [*league, *reading.knockout_matches(look)]))


def calendar_of(look: Look, *, now: datetime, player_id: str = "") -> str:
    """Return the scheduled matches as a calendar, of one player or of all."""
    name = look.tournament.name
    if player_id:
        name = f"{look.players[player_id]} · {name}"
    events = [
        _event(look, match)
        for match in look.matches
        if match.scheduled_at and player_id in ("", match.home_id, match.away_id)
    ]
    return calendar(name, events, now=now)


def _line(row: dict[str, Any]) -> dict[str, Any]:
    why = row["above_next"] or {}
    return row | {
        "player": row["player"]["name"],
        "user_id": row["player"]["userId"],
        "above_next_by": why.get("criterion"),
        "value": _number(why.get("value")),
        "next_value": _number(why.get("next_value")),
    }


def _match(match: dict[str, Any]) -> dict[str, Any]:
    score = match["score"] or {}
    shootout = score.get("penalties") or {}
    return match | {
        "scheduled_at": match["scheduled_at"] and match["scheduled_at"].isoformat(),
        "home": match["home"]["name"],
        "home_user_id": match["home"]["userId"],
        "away": match["away"]["name"],
        "away_user_id": match["away"]["userId"],
        "home_goals": score.get("home"),
        "away_goals": score.get("away"),
        "extra_time": "yes" if score.get("has_extra_time") else "",
        "home_penalties": shootout.get("home"),
        "away_penalties": shootout.get("away"),
    }


def _number(text: str | None) -> int | str | None:
    try:
        return int(text) if text else None
    except ValueError:
        return text


def _csv(columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.lstrip().startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _event(look: Look, match: Match) -> Event:
    row = reading.match_row(look, match)
    where = row["phase_name"].capitalize()
    part = f", match day {match.matchday}" if match.matchday else f", leg {match.leg}"
    score = row["score"]
    result = f" {score['home']}–{score['away']}" if score else ""
    assert match.scheduled_at  # noqa: S101 (the caller's condition)
    return Event(
        uid=f"{match.pk}@greenroom",
        starts_at=match.scheduled_at,
        lasts=LASTS,
        title=f"{row['home']['name']} – {row['away']['name']}{result}",
        description=f"{look.tournament.name}: {where}{part}",
        url=f"{settings.PUBLIC_URL.rstrip('/')}{reverse('match', args=[match.pk])}",
        revision=look.tournament.revision,
        is_cancelled=look.tournament.status == Tournament.Status.CANCELLED,
    )
