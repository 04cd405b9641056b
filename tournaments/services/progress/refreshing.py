"""The refresh: table, bracket, legs and statuses out of the facts, in this order."""

from __future__ import annotations

from datetime import datetime

from tournaments.models import Tournament
from tournaments.rules.standings import table as ranked
from tournaments.services import states
from tournaments.services.progress import facts, legs, table, ties
from tournaments.services.progress.changed import Moved

Status = Tournament.Status
# The way of a tournament once it is drawn.
WAY = (Status.LEAGUE_PHASE, Status.KNOCKOUTS, Status.COMPLETED)


def refresh(tournament: Tournament, now: datetime) -> Moved:
    """Derive everything anew from what is confirmed, and write what differs.

    To be called under the tournament's lock, after whatever changed a result, an award, a strike,
    a withdrawal or a draw; `changes.touch` is the caller's. Without a roster it does nothing, and
    before the draw there is a table only. The knock-outs begin with the last result of the league
    phase and the tournament is completed by that of the final; a correction may take that back.
    """
    known = facts.read(tournament)
    if not known.players:
        return Moved()
    rows = ranked(known.entrants, known.played(), known.form, bonus_mode=tournament.bonus_mode)
    moved = Moved(table=table.write(known, rows))
    if not known.league:
        return moved
    places = ties.skeleton(known)
    bracket = ties.derived(known, rows, places)
    moved.ties = ties.write(places, bracket)
    legs.write(known, places, bracket, moved)
    moved.players = ties.write_statuses(known, rows, bracket)
    reached = Status.KNOCKOUTS if known.is_league_over else Status.LEAGUE_PHASE
    _move(tournament, Status.COMPLETED if bracket[-1].winner else reached, now, moved)
    return moved


def _move(tournament: Tournament, reached: str, now: datetime, moved: Moved) -> None:
    """Move the tournament, step by step, to where its results have led it, or led it back."""
    if tournament.status not in WAY or tournament.status == reached:
        return
    here, there = WAY.index(Status(tournament.status)), WAY.index(Status(reached))
    moved.status.append(tournament.status)
    steps = WAY[here + 1 : there + 1] if there > here else WAY[there:here][::-1]
    for status in steps:
        states.move(tournament.pk, status, by="", now=now)
        moved.status.append(status)
    tournament.refresh_from_db(fields=["status", "revision"])
