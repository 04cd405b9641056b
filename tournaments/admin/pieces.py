"""What the board's templates show beside the registrations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tournaments.models import Registration, Tournament
from tournaments.rules import selection, states
from tournaments.rules.formats import Format, NoFormat, format_of
from tournaments.services.curation import board, draft, seeds, waiting


def pieces(tournament: Tournament) -> dict[str, Any]:
    """Return what bar and side show: the draft by pots, or the roster and who waits."""
    is_drafting = board.is_drafting(tournament)
    is_published = tournament.published_at is not None
    players = tournament.participants.select_related("viewer").order_by("seed")
    return {
        "is_drafting": is_drafting,
        "is_published": is_published,
        "can_take_back": is_published and tournament.status == states.AWAITING_SELECTION,
        "preview": board.preview(tournament) if is_drafting else None,
        "pots": pots(tournament, draft.chosen(tournament)) if is_drafting else [],
        "players": players if is_published else [],
        "waiting": waiting.waiting_list(tournament) if is_published else [],
        "rules": seeds.By.choices,
    }


def pots(
    tournament: Tournament, roster: Iterable[Registration]
) -> list[tuple[int, list[tuple[int, Registration]]]]:
    """Return the draft as (pot, its (seed, registration)); while it is short, by the whole size."""
    there = list(roster)
    form = _form(tournament, len(there))
    found: dict[int, list[tuple[int, Registration]]] = {}
    for number, registration in enumerate(there, 1):
        found.setdefault(selection.pot(number, form), []).append((number, registration))
    return list(found.items())


def _form(tournament: Tournament, players: int) -> Format:
    try:
        return format_of(players, tournament.matches_per_player)
    except NoFormat:
        return format_of(tournament.max_participants, tournament.matches_per_player)
