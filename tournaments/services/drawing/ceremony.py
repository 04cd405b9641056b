"""The ceremony: a draw that is made is shown player by player, by the server's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from sagas.flow import Refused
from tournaments.models import Drawing, Tournament
from tournaments.services import changes

# Seconds for each player.
QUICKEST, SLOWEST = 1.0, 60.0


class Verb(StrEnum):
    """What its director can do: `start` also goes on after a pause."""

    START = "start"
    PAUSE = "pause"
    STEP = "step"
    SKIP = "skip"
    SPEED = "speed"


def shown(drawing: Drawing, now: datetime) -> int:
    """Return how many players are shown by now."""
    if drawing.revealed_at:
        return drawing.steps
    if not drawing.is_running or drawing.anchor_at is None:
        return drawing.shown
    passed = max(0.0, (now - drawing.anchor_at).total_seconds())
    return min(drawing.steps, drawing.shown + int(passed / drawing.pace))


def next_at(drawing: Drawing, now: datetime) -> datetime | None:
    """Return when the next one is shown; None while nothing moves."""
    if not drawing.is_running or drawing.anchor_at is None or drawing.revealed_at:
        return None
    ahead = shown(drawing, now) + 1 - drawing.shown
    return drawing.anchor_at + timedelta(seconds=drawing.pace) * ahead


@transaction.atomic
def control(
    tournament_id: str,
    verb: Verb,
    *,
    by: str,
    now: datetime,
    pace: float | None = None,
    seen: int | None = None,
) -> Drawing:
    """Direct the ceremony; what is revealed already stays so, whatever is pressed.

    `pace` is for `speed`, in seconds from 1 to 60. A `step` that was pressed when `seen` players
    were shown does nothing once there are more. Raises Tournament.DoesNotExist, and Refused before
    the draw.
    """
    tournament = changes.locked(tournament_id)
    drawing = tournament.drawings.get(purpose=Drawing.Purpose.LEAGUE)
    if drawing.drawn_at is None:
        raise Refused("not_drawn", "The league phase is not drawn yet.")
    if drawing.revealed_at:
        return drawing
    position = shown(drawing, now)
    if verb == Verb.STEP and seen is not None and seen != position:
        return drawing
    if verb == Verb.SPEED and pace is not None:
        drawing.pace = min(SLOWEST, max(QUICKEST, pace))
    if verb in (Verb.START, Verb.PAUSE):
        drawing.is_running = verb == Verb.START
    is_opened = verb == Verb.START and position == 0
    _set(drawing, position + (is_opened or verb == Verb.STEP), now)
    if verb == Verb.SKIP or drawing.shown == drawing.steps:
        _reveal(tournament, drawing, by, now)
    else:
        drawing.save()
        changes.touch(tournament, "draw")
    return drawing


def end_ceremonies(now: datetime) -> int:
    """Reveal what was shown to its last player; returns how many draws that were."""
    running = Drawing.objects.filter(
        purpose=Drawing.Purpose.LEAGUE, is_running=True, revealed_at=None
    )
    return sum(_end(pk, now) for pk in running.values_list("tournament", flat=True))


@transaction.atomic
def _end(tournament_id: str, now: datetime) -> bool:
    tournament = changes.locked(tournament_id)
    drawing = tournament.drawings.get(purpose=Drawing.Purpose.LEAGUE)
    if drawing.revealed_at or shown(drawing, now) < drawing.steps:
        return False
    _reveal(tournament, drawing, "", now)
    return True


def _set(drawing: Drawing, position: int, now: datetime) -> None:
    """Let that many be shown, and the next a whole pace from now."""
    drawing.shown, drawing.anchor_at = min(position, drawing.steps), now


def _reveal(tournament: Tournament, drawing: Drawing, by: str, now: datetime) -> None:
    drawing.shown, drawing.is_running, drawing.revealed_at = drawing.steps, False, now
    drawing.save()
    changes.note(tournament, "revealed_draw", by, {}, now)
    changes.touch(tournament, "draw", "matches", "participants", "table")
