"""What the clock asks of the song queue."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from songqueue.services import board, door, player


@shared_task(name=door.TASK)
def follow_door() -> None:
    """Tell the pages what has changed; pause and resume the rewards, as requests close and open."""
    now = timezone.now()
    board.tell(now)
    door.follow(now)


@shared_task(name="songqueue.sync")
def sync() -> None:
    """Read the player, if it is time to."""
    player.sync(timezone.now())
