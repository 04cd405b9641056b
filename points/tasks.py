"""What the clock asks of the ledger."""

from __future__ import annotations

import structlog
from celery import shared_task

from points.services import audit

log = structlog.get_logger(__name__)


@shared_task(name="points.check")
def check() -> None:
    """Prove the ledger; what is wrong is said as loudly as a log and a light can."""
    found = audit.check()
    for finding in found:
        log.critical("ledger.wrong", finding=finding)
    if not found:
        log.info("ledger.right")
    audit.remember(found)
