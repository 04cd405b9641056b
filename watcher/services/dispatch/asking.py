"""One request to Discord for a delivery: in pace, and written down whatever comes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from django.db import IntegrityError
from django.utils import timezone
from pydantic import SecretStr

from sagas.flow import backoff
from watcher.client import errors
from watcher.client.answers import Answer
from watcher.models import Attempt, Delivery, Target
from watcher.services import targets
from watcher.services.dispatch import pace

LONGEST_PAUSE = 60.0
MOST_COUNTED = 7


class Answered(Protocol):
    """What a request brings."""

    @property
    def answer(self) -> Answer: ...


A = TypeVar("A", bound=Answered)


def ask(delivery: Delivery, verb: Attempt.Verb, request: Callable[[], A]) -> A:
    """Make the request when it may be made, and return what it brings.

    A webhook that is found not to work is switched off, with all that waits for it. Raises Wait
    when Discord is to be left alone, and the errors of the client but for RateLimited.
    """
    pace.permit(delivery.target)
    at = timezone.now()
    try:
        done = request()
    except errors.RateLimited as error:
        _note(delivery, verb, at, error.answer, error.until)
        pace.limited(delivery.target, error)
        raise pace.come_back(error.until, "Discord asks us to come back later.") from None
    except (errors.DiscordProblem, errors.Unsure) as error:
        _note(delivery, verb, at, error.answer)
        _conclude(delivery, error)
        raise
    _note(delivery, verb, at, done.answer)
    pace.went_well(delivery.target, done.answer)
    return done


def address(delivery: Delivery) -> tuple[str, SecretStr]:
    """Return the webhook's id and token."""
    return delivery.target.webhook_id, delivery.target.webhook_token


def pause(delivery: Delivery) -> timedelta:
    """Return how long to wait before it is tried once more: longer each time that it failed."""
    failed = 0
    for status in delivery.attempts.order_by("-pk").values_list("status", flat=True)[:MOST_COUNTED]:
        if 0 < status < 500:
            break
        failed += 1
    return timedelta(seconds=backoff(max(1, failed), LONGEST_PAUSE))


def _conclude(delivery: Delivery, error: errors.DiscordProblem | errors.Unsure) -> None:
    """Draw from a failure what it says of the webhook and of Discord."""
    if isinstance(error, errors.Unsure | errors.Unreachable):
        pace.in_trouble(delivery.target)
    elif isinstance(error, errors.Gone):
        _switch_off(delivery, Target.Disabled.GONE)
    elif isinstance(error, errors.TokenRefused):
        _switch_off(delivery, Target.Disabled.REFUSED)


def _switch_off(delivery: Delivery, because: Target.Disabled) -> None:
    """Switch the target off, and drop what waits for it: not one more call is made."""
    now = timezone.now()
    if targets.disable(delivery.target, because, now):
        waiting = Delivery.objects.filter(target=delivery.target_id, status=Delivery.Status.DUE)
        waiting.exclude(pk=delivery.pk).update(
            status=Delivery.Status.DROPPED, why=Delivery.Dropped.TARGET_DISABLED, closed_at=now
        )


def _note(
    delivery: Delivery,
    verb: Attempt.Verb,
    at: datetime,
    answer: Answer,
    retry_at: datetime | None = None,
) -> None:
    attempt = Attempt(
        delivery=delivery,
        verb=verb,
        at=at,
        status=answer.status,
        milliseconds=answer.milliseconds,
        code=answer.code,
        message=answer.message,
        retry_at=retry_at,
    )
    try:
        attempt.save(force_insert=True)
    except IntegrityError:
        # Its target was removed during the request, and with it the log.
        return
