"""What follows when a tournament is called off."""

from __future__ import annotations

from django.utils import timezone

from sagas.registry import listen
from tournaments.events import TournamentCancelled
from tournaments.services import changes, predictions, votes


@listen(TournamentCancelled)
def give_back(fact: TournamentCancelled) -> None:
    """Cancel its votes, and return what is staked on matches that are not played any more."""
    now = timezone.now()
    tournament = changes.locked(fact.tournament_id)
    votes.cancel_all(tournament, by="", now=now)
    predictions.refund_tournament(tournament, now=now)
