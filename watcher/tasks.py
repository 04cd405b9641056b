"""What the clock asks of the watcher."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from watcher.services import poller, sightings

log = structlog.get_logger(__name__)


@shared_task(name=poller.TASK, queue=poller.QUEUE)
def poll() -> None:
    """Ask Twitch who is live, as far as it is time to."""
    done = poller.poll(timezone.now())
    if done is not None and done.trouble:
        log.warning("watcher.not_now", why=done.trouble)


@shared_task(name="watcher.prune")
def prune() -> None:
    """Forget streams that ended longer ago than the retention time."""
    sightings.prune(timezone.now() - settings.RETENTION)
