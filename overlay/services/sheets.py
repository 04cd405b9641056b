"""Sheets: the table, the bracket or the next matches, on the whole screen for a while."""

from __future__ import annotations

from datetime import datetime

from overlay.services.cues import cue
from overlay.services.payloads import Payload, sheet_payload
from tournaments.models import Tournament
from tournaments.services import reading
from tournaments.services.reading import Look

_LINE = ("rank", "zone", "player", "played", "goal_difference", "bonus", "total")


def show_sheet(kind: str, now: datetime) -> bool:
    """Show one of SHEETS of the tournament that is on; returns False when there is none to show."""
    tournament_id = reading.on_now()["tournament"]
    if tournament_id is None:
        return False
    look = Look(Tournament.objects.get(pk=tournament_id))
    document = SHEETS[kind](look)
    if not any(document.values()):
        return False
    cue(kind, sheet_payload(look.tournament.name, document), now=now)
    return True


def _table(look: Look) -> Payload:
    rows = reading.table(look)["rows"]
    return {"rows": [{name: row[name] for name in _LINE} for row in rows]}


def _bracket(look: Look) -> Payload:
    return {"rounds": reading.bracket(look)}


def _matches(look: Look) -> Payload:
    return reading.next_day(look) or {}


SHEETS = {"table": _table, "bracket": _bracket, "matches": _matches}
