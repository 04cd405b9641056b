"""From the post to its end: keep the card as the stream is, and close it with the stream."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from sagas.flow import Wait
from watcher.client import errors, webhooks
from watcher.models import Attempt, Delivery, Watch, WatchedStream
from watcher.rules import cards
from watcher.services.dispatch import asking

Status = Delivery.Status
Why = Delivery.Dropped
Verb = Attempt.Verb

# A stream that has just begun has no picture, or a dark one: the card gets another soon.
FIRST_REFRESH = timedelta(minutes=3)
REFRESH = timedelta(minutes=15)
# Titles are often put right at once.
BETWEEN_EDITS = timedelta(seconds=20)
# For so long the end of a post waits for a Discord that is away.
PATIENCE = timedelta(hours=24)


def follow(delivery: Delivery) -> None:
    """Edit the card when the stream changes, and now and then, until the stream is over."""
    stream, watch = delivery.stream, delivery.watch
    if delivery.status != Status.POSTED or delivery.is_test or stream is None or watch is None:
        return
    if stream.ended_at or delivery.target.disabled_at:
        return
    now = timezone.now()
    if (due_at := _next_edit(delivery, stream)) > now:
        raise Wait(due_at, "The card is as it should be.")
    if not _edit(delivery, cards.card(watch, stream, is_test=False)):
        return
    edited = {"edited_at": now, "payload": delivery.payload, "shown_version": stream.version}
    Delivery.objects.filter(pk=delivery.pk).update(**edited)
    raise Wait(now + REFRESH, "The card is as it should be.")


def close(delivery: Delivery) -> None:
    """Do what the watch asks for when a stream is over."""
    if delivery.status != Status.POSTED or delivery.is_test:
        return
    stream, watch, now = delivery.stream, delivery.watch, timezone.now()
    if delivery.target.disabled_at:
        _end(delivery, now, Why.TARGET_DISABLED)
    elif stream is not None and stream.ended_at and watch is not None:
        if watch.end_action == Watch.EndAction.EDIT:
            _edit(delivery, cards.card(watch, stream, is_test=False, ended=stream.ended_at))
        elif watch.end_action == Watch.EndAction.DELETE:
            _delete(delivery)
    if delivery.status == Status.POSTED:
        _end(delivery, now)


def _next_edit(delivery: Delivery, stream: WatchedStream) -> datetime:
    """Return when the card is to be edited next, as things are."""
    posted_at = delivery.posted_at or delivery.due_at
    if stream.version != delivery.shown_version:
        return (delivery.edited_at or posted_at) + BETWEEN_EDITS
    if delivery.edited_at is None:
        return posted_at + FIRST_REFRESH
    return delivery.edited_at + REFRESH


def _edit(delivery: Delivery, payload: cards.Payload) -> bool:
    """Change the post; returns False when the delivery is over by that."""
    target = delivery.target
    is_done = _ask(
        delivery,
        Verb.EDIT,
        lambda: webhooks.edit(
            *asking.address(delivery), delivery.message_id, payload, thread_id=target.thread_id
        ),
    )
    if is_done:
        delivery.payload = payload
    return is_done


def _delete(delivery: Delivery) -> None:
    target = delivery.target
    _ask(
        delivery,
        Verb.DELETE,
        lambda: webhooks.delete(
            *asking.address(delivery), delivery.message_id, thread_id=target.thread_id
        ),
    )


def _ask(delivery: Delivery, verb: Attempt.Verb, request: Callable[[], asking.Answered]) -> bool:
    """Ask Discord for what may be asked twice; returns False when the delivery is over by that."""
    now = timezone.now()
    try:
        asking.ask(delivery, verb, request)
    except (errors.Unreachable, errors.Unsure):
        ended_at = delivery.stream.ended_at if delivery.stream else None
        if ended_at is None or now < ended_at + PATIENCE:
            raise Wait(now + asking.pause(delivery), "Discord cannot be reached.") from None
        _end(delivery, now, Why.GAVE_UP)
    except errors.MessageGone:
        # Somebody who may has deleted the post, which is as good an end as any.
        _end(delivery, now)
    except (errors.Gone, errors.TokenRefused):
        _end(delivery, now, Why.TARGET_DISABLED)
    except errors.DiscordProblem:
        _end(delivery, now, Why.REFUSED)
    else:
        return True
    return False


def _end(delivery: Delivery, now: datetime, why: Why | str = "") -> None:
    delivery.status, delivery.why, delivery.closed_at = Status.CLOSED, why, now
