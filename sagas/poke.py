"""A poke tells a worker that there may be something due; it carries nothing and may be lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import structlog
from celery import current_app
from django.core.cache import cache
from django.db import transaction

log = structlog.get_logger(__name__)

TASK = "sagas.advance"
UNHEARD = "sagas:poke"
# Seconds after which a poke counts as lost.
UNHEARD_FOR = 1
LATE = 0.05


@dataclass
class _Held:
    is_wanted: bool = False


_held: ContextVar[_Held | None] = ContextVar("held", default=None)


def poke() -> None:
    """Wake a worker, unless one is being woken: a poke that nobody has heard yet is enough for all.

    Without a broker nothing is lost: the sweep finds what is due.
    """
    try:
        if cache.add(UNHEARD, 1, UNHEARD_FOR):
            current_app.send_task(TASK, ignore_result=True, retry=False)
    except Exception as error:
        log.warning("saga.poke_failed", error=type(error).__name__)


def poke_in(seconds: float) -> None:
    """Wake a worker after so many seconds, at most a minute, for what is due at that very time."""
    try:
        # It comes a little late rather than early, as what is not due yet would wait for the sweep.
        wait = min(60.0, max(0.0, seconds) + LATE)
        current_app.send_task(TASK, countdown=wait, ignore_result=True, retry=False)
    except Exception as error:
        log.warning("saga.poke_failed", error=type(error).__name__)


def hear() -> None:
    """Let the next poke through: what was committed before is seen by the one who calls this."""
    try:
        cache.delete(UNHEARD)
    except Exception as error:
        log.warning("saga.poke_unheard", error=type(error).__name__)


def poke_on_commit() -> None:
    """Wake a worker once the caller's transaction is committed."""
    held = _held.get()
    if held is None:
        transaction.on_commit(poke)
    else:
        held.is_wanted = True


@contextmanager
def pokes_held() -> Iterator[None]:
    """Send no pokes meanwhile: a worker at its loop finds new runs by itself."""
    token = _held.set(_Held())
    try:
        yield
    finally:
        _held.reset(token)


def let_go() -> None:
    """Send what was held: this worker is about to do something that may take long."""
    held = _held.get()
    if held is not None and held.is_wanted:
        held.is_wanted = False
        poke()
