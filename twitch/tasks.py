"""What the clock asks of Twitch's part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from celery import shared_task

from sagas.flow import Wait
from twitch.client.errors import HelixError, Unreachable
from twitch.services import redemptions, rewards

log = structlog.get_logger(__name__)


@shared_task(name="twitch.lint_rewards")
def lint_rewards() -> None:
    """See that no reward was paused, deleted or made to skip the queue."""
    _attempt("lint_rewards", rewards.lint)


@shared_task(name="twitch.reconcile")
def reconcile() -> None:
    """Take in redemptions that no event told us of."""
    _attempt("reconcile", redemptions.reconcile)


def _attempt(what: str, work: Callable[[], Any]) -> None:
    """Do it if Twitch lets us now; the clock will ask again."""
    try:
        work()
    except (Wait, HelixError, Unreachable) as error:
        log.warning("twitch.not_now", what=what, why=str(error))
