"""The heartbeat of the clock and of the workers of every lane."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import before_task_publish
from django.core.cache import cache
from django.utils import timezone

from sagas.flow import lanes

PULSE = "config.pulse"
KEPT_FOR = 120
# A lane whose workers are away is not asked more often than this, in seconds.
ASKED_AGAIN = 60


@shared_task(name=PULSE)
def pulse() -> None:
    """Say that a worker is alive: it got here from the clock through the broker."""
    cache.set("pulse:worker", timezone.now(), KEPT_FOR)
    for lane in lanes() - {""}:
        if cache.add(f"pulse-asked:{lane}", 1, ASKED_AGAIN):
            pulse_of_lane.apply_async((lane,), queue=lane)


@shared_task(name="config.pulse_of_lane")
def pulse_of_lane(lane: str) -> None:
    """Say that a worker of the lane is alive."""
    cache.set(f"pulse:{lane}", timezone.now(), KEPT_FOR)
    cache.delete(f"pulse-asked:{lane}")


@before_task_publish.connect
def pulse_of_beat(sender: str | None = None, **_: Any) -> None:
    """Only the clock sends this task, so sending it says that the clock is alive."""
    if sender == PULSE:
        cache.set("pulse:beat", timezone.now(), KEPT_FOR)
