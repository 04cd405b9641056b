"""Tournaments before and after their draw, for tests."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.tournaments import stage
from tournaments.models import Participant, Standing, Tournament
from tournaments.rules.formats import format_of
from tournaments.services import creation

NOW = datetime(2026, 11, 1, 19, tzinfo=UTC)


def cup(players: int = 12) -> Tournament:
    """Make a tournament whose roster is published, as it is before the draw."""
    made = creation.create({"name": "Autumn Cup", "max_participants": players}, by="lea", now=NOW)
    form = format_of(players)
    for seed in range(1, players + 1):
        player = stage.participant(made, seed, form)
        Participant.objects.filter(pk=player.pk).update(lot=None)
        Standing.objects.create(
            participant=player, tournament=made, rank=seed, zone=form.zone(seed)
        )
    Tournament.objects.filter(pk=made.pk).update(
        status=Tournament.Status.AWAITING_SELECTION, published_at=NOW
    )
    made.refresh_from_db()
    return made
