"""The time limit of a step."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg.pq import TransactionStatus

from sagas.flow import TimedOut

# Whoever swallows the interruption is interrupted again.
AGAIN = 1.0


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt what runs longer with TimedOut; only where signals can: in a process's main thread.

    Elsewhere the lease is the limit: who outlives it writes nothing more.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        raise TimedOut(f"Not over after {seconds:g} s.")

    previous = signal.signal(signal.SIGALRM, interrupt)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)
    except TimedOut:
        _end_query()
        raise


def _end_query() -> None:
    """Have the server end a query that was interrupted: it would hold its locks to its end."""
    raw = connection.connection
    if raw is None or raw.info.transaction_status != TransactionStatus.ACTIVE:
        return
    try:
        raw.cancel_safe(timeout=2.0)
    finally:
        if not connection.in_atomic_block:
            connection.close()
