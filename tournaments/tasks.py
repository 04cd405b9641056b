"""What the clock asks of tournaments."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from tournaments.services import steps


@shared_task(name="tournaments.keep_time")
def keep_time() -> None:
    """Open and close registrations at their times."""
    steps.keep_time(timezone.now())
