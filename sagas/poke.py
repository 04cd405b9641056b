"""A poke tells a worker that there may be something due; it carries nothing and may be lost."""

from __future__ import annotations

import structlog
from celery import current_app

log = structlog.get_logger(__name__)

TASK = "sagas.advance"


def poke() -> None:
    """Wake a worker. Without a broker nothing is lost: the sweep finds what is due."""
    try:
        current_app.send_task(TASK, ignore_result=True, retry=False)
    except Exception as error:
        log.warning("saga.poke_failed", error=type(error).__name__)
