"""What the clock asks of Spotify's part."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from spotify.services import budget


@shared_task(name="spotify.prune")
def prune_calls() -> None:
    """Forget calls that do not count any more."""
    budget.prune(timezone.now())
