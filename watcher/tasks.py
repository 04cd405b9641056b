"""What the clock asks of the watcher."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from watcher.services import deliveries, poller, sightings

log = structlog.get_logger(__name__)


@shared_task(name=poller.TASK)
def poll() -> None:
    """Ask Twitch who is live, as far as it is time to."""
    done = poller.poll(timezone.now())
    if done is not None and done.trouble:
        log.warning("watcher.not_now", why=done.trouble)


@shared_task(name="watcher.look_again")
def look_again() -> None:
    """Post streams that have got the viewers that somebody asks for."""
    deliveries.look_again(timezone.now())


@shared_task(name="watcher.prune")
def prune() -> None:
    """Forget streams that ended longer ago than the retention time, and tests that are as old."""
    before = timezone.now() - settings.RETENTION
    sightings.prune(before)
    deliveries.prune_tests(before)
