"""What wakes the engine: pokes, and the clock's sweep."""

from __future__ import annotations

from functools import partial

from celery import shared_task
from celery.signals import worker_process_init, worker_shutting_down
from django.conf import settings
from django.db import connection
from django.utils import timezone

from sagas import engine, flow, journal, services
from sagas.poke import TASK, hear, poke, pokes_held

# One task leads runs for at most so long before it hands over, so that other tasks get their turn.
TURN = 5.0


@shared_task(name=TASK)
def advance(lane: str = "") -> None:
    """Lead due runs of the lane until there are none."""
    hear(lane)
    wake_another = partial(poke, lane)
    with pokes_held(lane):
        some_left = engine.work(TURN, wake_another, lane)
    if some_left:
        wake_another()


@shared_task(name="sagas.sweep")
def sweep() -> None:
    """Take over from dead workers, then lead what is due although nobody poked."""
    journal.release_dead()
    for lane in journal.lanes_with_due_runs():
        if lane:
            poke(lane)
    advance()


@shared_task(name="sagas.prune")
def prune() -> None:
    """Forget finished runs and facts that are older than the retention time."""
    services.prune(timezone.now() - settings.RETENTION)


@worker_shutting_down.connect
def stop(**_: object) -> None:
    """A worker that is to end lets go of what it is not at: the next one finds it."""
    engine.stop()


@worker_process_init.connect
def take_over(**_: object) -> None:
    """A worker process that replaces a dead one takes over its runs at once."""
    connection.close()
    journal.release_dead()
    # The dead one may have taken a poke with it.
    for lane in flow.lanes():
        hear(lane)
        poke(lane)
