"""To the post: wait for the right moment and for the turn, post once, let the next one post."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from sagas.flow import Wait
from sagas.services import publish
from watcher.client import errors, webhooks
from watcher.client.answers import Message
from watcher.events import DeliveryFailed
from watcher.models import Attempt, Delivery, Watch, WatchedStream
from watcher.rules import cards, matching
from watcher.services.dispatch import asking, turns

Status = Delivery.Status
Why = Delivery.Dropped

# What does not pass its filters any more is looked at again when it changes, and after this time.
NOT_NOW = timedelta(minutes=5)
# For so long a post waits for a Discord that is away.
PATIENCE = timedelta(hours=6)
MOST_SENT = 2


def await_moment(delivery: Delivery) -> None:
    """Wait until the stream passes the watch's filters, then get in line at the webhook."""
    now = timezone.now()
    if _is_moot(delivery, now):
        return
    if (again_at := _not_before(delivery, now)) is not None:
        raise Wait(again_at, "It does not pass the filters.")
    delivery.lined_up_at = now


def take_turn(delivery: Delivery) -> None:
    """Wait for those who were in line before."""
    if delivery.status == Status.DUE:
        turns.take(delivery)


def post(delivery: Delivery) -> None:
    """Post the card, if there still is something to be told."""
    now = timezone.now()
    if _is_moot(delivery, now):
        return
    delivery.payload = _card(delivery, now)
    if (message := _send(delivery, delivery.payload, now)) is not None:
        delivery.message_id = message.id
        delivery.status, delivery.posted_at = Status.POSTED, timezone.now()
        delivery.shown_version = delivery.stream.version if delivery.stream else 0


def hand_on(delivery: Delivery) -> None:
    """Let the next one post."""
    turns.hand_on(delivery)


def _send(delivery: Delivery, payload: cards.Payload, now: datetime) -> Message | None:
    """Post; returns None when that is not to be. Raises Wait.

    What was sent and not answered may be in the channel. It is sent once more when Discord is seen
    to be well, and never a third time.
    """
    if delivery.sent >= MOST_SENT:
        _fail(delivery, Why.UNSURE, now)
        return None
    try:
        if delivery.sent:
            _look(delivery)
        return _post_once(delivery, payload)
    except Wait as wait:
        turns.prolong(delivery, wait.until)
        raise
    except (errors.Unreachable, errors.Unsure):
        _try_later(delivery, now)
    except (errors.Gone, errors.TokenRefused):
        _fail(delivery, Why.TARGET_DISABLED, now)
    except errors.DiscordProblem:
        _fail(delivery, Why.REFUSED, now)
    return None


def _post_once(delivery: Delivery, payload: cards.Payload) -> Message:
    """Post, and leave a mark of it before, which is taken away only by the word that it failed."""
    before, thread_id = delivery.sent, delivery.target.thread_id

    def request() -> Message:
        _mark(delivery, before + 1)
        return webhooks.execute(*asking.address(delivery), payload, thread_id=thread_id)

    try:
        return asking.ask(delivery, Attempt.Verb.POST, request)
    except (Wait, errors.DiscordProblem):
        if delivery.sent != before:
            _mark(delivery, before)
        raise


def _mark(delivery: Delivery, sent: int) -> None:
    delivery.sent = sent
    Delivery.objects.filter(pk=delivery.pk).update(sent=sent)


def _try_later(delivery: Delivery, now: datetime) -> None:
    """Wait for Discord to come back, but not for ever."""
    if now > (delivery.lined_up_at or now) + PATIENCE:
        _fail(delivery, Why.GAVE_UP, now)
        return
    until = now + asking.pause(delivery)
    turns.prolong(delivery, until)
    raise Wait(until, "Discord cannot be reached.")


def _look(delivery: Delivery) -> None:
    """See whether Discord is there, by a call that does nothing."""
    asking.ask(delivery, Attempt.Verb.LOOK, lambda: webhooks.get(*asking.address(delivery)))


def _fail(delivery: Delivery, why: Why, now: datetime) -> None:
    delivery.status, delivery.why, delivery.closed_at = Status.FAILED, why, now
    fact = DeliveryFailed(delivery.pk, delivery.target_id, str(why), now)
    publish(fact, key=delivery.pk)


def _is_moot(delivery: Delivery, now: datetime) -> bool:
    """Drop what there is no reason to post any more; returns whether there is nothing to post."""
    if delivery.status == Status.DUE and (why := _obstacle(delivery, now)) is not None:
        delivery.status, delivery.why, delivery.closed_at = Status.DROPPED, why, now
    return delivery.status != Status.DUE


def _obstacle(delivery: Delivery, now: datetime) -> Why | None:
    watch, stream = _watch(delivery), delivery.stream
    if delivery.target.disabled_at:
        return Why.TARGET_DISABLED
    if watch is None or not (watch.is_active or delivery.is_by_hand):
        return Why.SWITCHED_OFF
    if stream is None:
        return None
    if stream.ended_at:
        return Why.ENDED
    if delivery.lined_up_at and not delivery.is_by_hand:
        verdict = matching.matches(watch, stream, now)
        # It may have had to wait for long, and what it was about may have changed.
        if isinstance(verdict, matching.Not) and verdict.why in matching.FOR_GOOD:
            return Why.NO_MATCH
    return None


def _not_before(delivery: Delivery, now: datetime) -> datetime | None:
    """Return when to look again whether it is time to post; None when it is."""
    watch, stream = _watch(delivery), delivery.stream
    if watch is None or stream is None or delivery.is_by_hand:
        return None
    verdict = matching.matches(watch, stream, now)
    if isinstance(verdict, matching.Match):
        return None
    return verdict.again_at or now + NOT_NOW


def _card(delivery: Delivery, now: datetime) -> cards.Payload:
    watch = _watch(delivery)
    assert watch is not None  # noqa: S101 (without one it was dropped)
    stream = delivery.stream or live_stream(watch) or cards.sample(watch, now)
    return cards.card(watch, stream, is_test=delivery.is_test)


def live_stream(watch: Watch) -> WatchedStream | None:
    """Return a stream that the watch is about and that is on, the one with most viewers."""
    is_game = watch.kind == Watch.Kind.GAME
    about = {"game_id" if is_game else "streamer_id": watch.watched_id}
    return WatchedStream.objects.live().filter(**about).order_by("-viewers").first()


def _watch(delivery: Delivery) -> Watch | None:
    """Return the watch, which its owner may just have removed."""
    return Watch.objects.filter(pk=delivery.watch_id).first() if delivery.watch_id else None
