"""What is on stage is a tournament in which everything fits together."""

from __future__ import annotations

import pytest
from django.db.models import Count

from tests.tournaments import stage
from tournaments.models import Match, Standing, Tournament

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("players", [8, 12, 36])
def test_everybody_plays_once_a_day(players: int) -> None:
    made = stage.tournament(players, played=2)
    days = Match.objects.values("matchday").annotate(homes=Count("home", distinct=True))
    assert {row["homes"] for row in days} == {players // 2}
    assert Standing.objects.filter(tournament=made, played=2).count() == players


def test_knock_outs_end_with_a_champion() -> None:
    made = stage.tournament(12, played=8)
    stage.knock_out(made)
    assert made.status == Tournament.Status.COMPLETED
    assert made.participants.filter(status="WINNER").count() == 1
