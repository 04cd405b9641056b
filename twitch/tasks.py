"""What the clock asks of Twitch's part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from sagas.flow import Wait
from sagas.services import pokes_held
from sagas.tasks import advance
from twitch.client.errors import HelixError, Unreachable
from twitch.sagas import eventsub_message
from twitch.services import messages, redemptions, rewards, streams
from twitch.services.commands import answering

log = structlog.get_logger(__name__)


@shared_task(name="twitch.lint_rewards")
def lint_rewards() -> None:
    """See that no reward was paused, deleted or made to skip the queue."""
    _attempt("lint_rewards", rewards.lint)


@shared_task(name="twitch.reconcile")
def reconcile() -> None:
    """Take in redemptions that no event told us of."""
    _attempt("reconcile", redemptions.reconcile)


@shared_task(name="twitch.watch_stream")
def watch_stream() -> None:
    """Ask Twitch about the stream, if it is time to; ends a session whose grace time is over."""
    _attempt("watch_stream", streams.look_if_due)


@shared_task(name=messages.TASK)
def begin_messages() -> None:
    """Start the runs of new EventSub messages, and lead them."""
    began = 0
    with pokes_held():
        while count := messages.begin(eventsub_message):
            began += count
    if began:
        advance()


@shared_task(name="twitch.prune")
def prune_messages() -> None:
    """Forget EventSub messages and uses of commands that are older than the retention time."""
    before = timezone.now() - settings.RETENTION
    messages.prune(before)
    answering.forget(before)


def _attempt(what: str, work: Callable[[], Any]) -> None:
    """Do it if Twitch lets us now; the clock will ask again."""
    try:
        work()
    except (Wait, HelixError, Unreachable) as error:
        log.warning("twitch.not_now", what=what, why=str(error))
