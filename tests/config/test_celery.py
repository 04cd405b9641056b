"""The clock and the workers as processes: how they end."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from celery.beat import Service
from celery.signals import beat_init

from config.celery import app

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@pytest.fixture
def clock() -> Iterator[Service]:
    """A clock that has just begun, in this process."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    service = Service(app)
    beat_init.send(sender=service)
    yield service
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_clock_that_is_asked_to_stop_finishes_what_it_does(
    clock: Service, number: signal.Signals
) -> None:
    signal.raise_signal(number)
    assert clock._is_shutdown.is_set()
    # Saving its list is left to the end of its loop.
    assert not clock._is_stopped.is_set()
