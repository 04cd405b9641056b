"""What the clock asks of tournaments."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from tournaments.services import drawing, predictions, steps, votes


@shared_task(name="tournaments.keep_time")
def keep_time() -> None:
    """Open and close registrations at their times."""
    steps.keep_time(timezone.now())


@shared_task(name=votes.TELL_TALLY)
def tell_tally(event_id: str) -> None:
    """Tell the votes so far."""
    votes.tell_tally(event_id)


@shared_task(name=predictions.TELL_POOLS)
def tell_pools(match_id: str) -> None:
    """Tell what is staked on a match."""
    predictions.tell_pools(match_id)


@shared_task(name="tournaments.end_ceremonies")
def end_ceremonies() -> None:
    """Reveal the draws whose ceremony has shown the last player."""
    drawing.end_ceremonies(timezone.now())
