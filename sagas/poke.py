"""A poke tells a lane's workers that there may be something due; it may be lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from celery import current_app
from django.core.cache import cache
from django.db import transaction

log = structlog.get_logger(__name__)

TASK = "sagas.advance"
# Seconds after which a poke counts as lost.
UNHEARD_FOR = 1


@dataclass
class _Held:
    lane: str
    is_wanted: bool = False


_held: ContextVar[_Held | None] = ContextVar("held", default=None)


def poke(lane: str = "") -> None:
    """Wake a worker of the lane, unless one is being woken: one unheard poke is enough for all.

    Without a broker nothing is lost: the sweep finds what is due.
    """
    try:
        if cache.add(_unheard(lane), 1, UNHEARD_FOR):
            _send(lane)
    except Exception as error:
        log.warning("saga.poke_failed", error=type(error).__name__)


def poke_in(delay: timedelta, lane: str = "") -> None:
    """Wake a worker after less than a minute, where the sweep's seconds would be too late."""
    try:
        _send(lane, countdown=delay.total_seconds())
    except Exception as error:
        log.warning("saga.poke_failed", error=type(error).__name__)


def hear(lane: str = "") -> None:
    """Let the next poke through: what was committed before is seen by the one who calls this."""
    try:
        cache.delete(_unheard(lane))
    except Exception as error:
        log.warning("saga.poke_unheard", error=type(error).__name__)


def poke_on_commit(lane: str = "") -> None:
    """Wake a worker of the lane once the caller's transaction is committed."""
    held = _held.get()
    if held is None or held.lane != lane:
        transaction.on_commit(partial(poke, lane))
    else:
        held.is_wanted = True


@contextmanager
def pokes_held(lane: str = "") -> Iterator[None]:
    """Send no pokes to this lane meanwhile: its worker at its loop finds new runs by itself."""
    token = _held.set(_Held(lane))
    try:
        yield
    finally:
        _held.reset(token)


def let_go() -> None:
    """Send what was held: this worker is about to do something that may take long."""
    held = _held.get()
    if held is not None and held.is_wanted:
        held.is_wanted = False
        poke(held.lane)


def _unheard(lane: str) -> str:
    return f"sagas:poke:{lane}"


def _send(lane: str, **when: Any) -> None:
    # A lane of its own is a queue of its own, with workers of its own.
    where: dict[str, Any] = {"queue": lane, "kwargs": {"lane": lane}} if lane else {}
    current_app.send_task(TASK, ignore_result=True, retry=False, **where, **when)
