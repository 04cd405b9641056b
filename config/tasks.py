"""The heartbeat of the clock and of the workers."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import before_task_publish
from django.core.cache import cache
from django.utils import timezone

PULSE = "config.pulse"
KEPT_FOR = 120


@shared_task(name=PULSE)
def pulse() -> None:
    """Say that a worker is alive: it got here from the clock through the broker."""
    cache.set("pulse:worker", timezone.now(), KEPT_FOR)


@before_task_publish.connect
def pulse_of_beat(sender: str | None = None, **_: Any) -> None:
    """Only the clock sends this task, so sending it says that the clock is alive."""
    if sender == PULSE:
        cache.set("pulse:beat", timezone.now(), KEPT_FOR)
