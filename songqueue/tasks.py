"""What the clock asks of the song queue."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from songqueue.services import door


@shared_task(name=door.TASK)
def follow_door() -> None:
    """Pause and resume the rewards on Twitch, as requests close and open."""
    door.follow(timezone.now())
