"""A tournament whose players are being chosen, with as many registrations as a test wants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tournaments.models import Registration, Tournament
from tournaments.rules import states
from tournaments.services import creation
from tournaments.services.curation import draft
from tournaments.services.curation.draft import Marks
from tournaments.services.states import move
from twitch.models import Viewer

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
FIRST_ID = 3000


def cup(**settings: Any) -> Tournament:
    """Make a tournament for everybody; `settings` are its own."""
    given = {"name": "Spring cup", "is_for_subscribers": False} | settings
    return creation.create(given, by="lea", now=NOON)


def go(tournament: Tournament, *way: str) -> Tournament:
    """Move a tournament on, status by status."""
    for to in way:
        tournament = move(tournament.pk, to, by="lea", now=NOON)
    return tournament


def register(tournament: Tournament, number: int, first_id: int = FIRST_ID) -> list[Registration]:
    """Write the registrations of so many viewers, a minute apart; the first ones have lower ids."""
    viewers = [
        Viewer.objects.get_or_create(
            id=str(first_id + n), defaults={"login": f"v{n}", "display_name": f"V{n}"}
        )[0]
        for n in range(number)
    ]
    return Registration.objects.bulk_create(
        Registration(
            tournament=tournament, viewer=viewer, registered_at=NOON + timedelta(minutes=n)
        )
        for n, viewer in enumerate(viewers)
    )


def selecting(number: int, **settings: Any) -> Tournament:
    """Make a tournament in its selection, with so many registrations."""
    made = cup(**settings)
    register(made, number)
    way = (states.REGISTRATION_OPEN, states.REGISTRATION_CLOSED, states.AWAITING_SELECTION)
    return go(made, *way)


def choose(tournament: Tournament, *registrations: Registration) -> None:
    """Choose these, seeded in that order."""
    for registration in registrations:
        draft.mark(tournament.pk, [registration.pk], Marks(is_chosen=True), now=NOON)
