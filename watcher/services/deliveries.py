"""Deliveries: one for each watch and stream, made when a stream is news, again or as a test."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from sagas.flow import Refused, find
from sagas.services import start_many, wake_many
from watcher.models import Delivery, Target, Watch, WatchedStream
from watcher.rules import matching, news

SAGA = "watcher.delivery"
# One test after another, and not in one go.
TEST_PAUSE = timedelta(seconds=5)
MOST_AT_ONCE = 5000

# Streams that have as many viewers as these watches ask for, and were not posted, in their order
# from behind a pair on.
_GROWN = """
SELECT watch.id, stream.id FROM watcher_watch watch
JOIN watcher_target target ON target.id = watch.target_id AND target.disabled_at IS NULL
JOIN watcher_watchedstream stream ON stream.ended_at IS NULL
    AND stream.viewers >= watch.least_viewers
    AND watch.watched_id
        = CASE watch.kind WHEN 'game' THEN stream.game_id ELSE stream.streamer_id END
WHERE watch.is_active AND watch.least_viewers > 0 AND (watch.id, stream.id) > (%s, %s)
AND NOT EXISTS (
    SELECT FROM watcher_delivery delivery
    WHERE delivery.watch_id = watch.id AND delivery.stream_id = stream.id AND NOT delivery.is_test
) ORDER BY watch.id, stream.id LIMIT %s
"""

SENTENCES = {
    "target_disabled": "The channel's webhook does not work any more: give it another one first.",
    "too_soon": "A test was just sent: try again in a moment.",
    "watch_gone": "The watch was removed, so there is nothing to be posted.",
    "stream_ended": "The stream has ended meanwhile.",
    "not_failed": "Only what was not posted can be sent again.",
    "sent_again": "It was sent again already.",
}


class DeliveryRefused(Refused):
    """The post is not sent; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code, SENTENCES[code])


# --- From news -----------------------------------------------------------------------------------


def due_for(stream: WatchedStream, now: datetime, *, came_at: datetime | None = None) -> int:
    """Make a delivery for each watch that this stream is news for; returns how many are new.

    `came_at` is when it got the title or game it has, if that changed. A watch for which it is too
    young waits; what fails another filter is looked at again when that changes.
    """
    watched = Q(kind=Watch.Kind.STREAMER, watched_id=stream.streamer_id)
    if stream.game_id:
        watched |= Q(kind=Watch.Kind.GAME, watched_id=stream.game_id)
    watches = Watch.objects.working().filter(watched, ~Exists(_of_stream(stream.pk)))
    return _make(((watch, stream) for watch in watches), now, came_at)


def catch_up(watch_id: str, stream_id: str, now: datetime) -> int:
    """Make the delivery of a watch that came, or was changed, after the stream was known."""
    watches = Watch.objects.working().filter(~Exists(_of_stream(stream_id)), pk=watch_id)
    streams = WatchedStream.objects.live().filter(pk=stream_id)
    return _make(((watch, stream) for watch in watches for stream in streams), now, None)


def look_again(now: datetime) -> int:
    """Make the deliveries of streams that have got as many viewers as a watch asks for."""
    made, last = 0, ("", "")
    # Most that have grown may fail another filter, each time anew: those behind come all the same.
    while pairs := _grown(last):
        watches = Watch.objects.in_bulk([watch for watch, _ in pairs])
        streams = WatchedStream.objects.in_bulk([stream for _, stream in pairs])
        there = [(w, s) for w, s in pairs if w in watches and s in streams]
        made += _make(((watches[w], streams[s]) for w, s in there), now, None)
        last = pairs[-1]
    return made


def _grown(last: tuple[str, str]) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_GROWN, [*last, MOST_AT_ONCE])
        return [(watch, stream) for watch, stream in cursor.fetchall()]


def wake(stream_id: str) -> int:
    """Let the deliveries of this stream see what is new; returns how many are on their way."""
    ids = Delivery.objects.filter(stream=stream_id).exclude(status__in=Delivery.OVER)
    return wake_many(find(SAGA), ids.values_list("pk", flat=True))


def _of_stream(stream_id: str) -> QuerySet[Delivery]:
    return Delivery.objects.filter(watch=OuterRef("pk"), stream=stream_id, is_test=False)


def _make(
    pairs: Iterable[tuple[Watch, WatchedStream]], now: datetime, came_at: datetime | None
) -> int:
    rows = []
    for watch, stream in pairs:
        verdict = matching.matches(watch, stream, now)
        due_at = verdict.again_at if isinstance(verdict, matching.Not) else now
        if due_at is not None and _is_news(watch, stream, came_at):
            row = Delivery(target_id=watch.target_id, watch=watch, stream=stream, due_at=due_at)
            rows.append(row)
    return _begin(rows)


def _is_news(watch: Watch, stream: WatchedStream, came_at: datetime | None) -> bool:
    """Tell whether this is news for a watch that may be younger than the stream."""
    is_game = watch.kind == Watch.Kind.GAME
    # What a streamer calls the stream is news to who watches for words of the title.
    is_about_change = is_game or watch.title_includes or watch.title_excludes
    since = came_at if came_at and is_about_change else stream.started_at
    newest = settings.WATCHER_NEWS
    return news.is_news(since, watch.active_since, is_game=is_game, newest=newest)


@transaction.atomic
def _begin(rows: list[Delivery]) -> int:
    """Write the deliveries that are new, and start them; returns how many."""
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    ids = [row.pk for row in rows]
    new = list(Delivery.objects.filter(pk__in=ids).values_list("pk", flat=True)) if ids else []
    start_many([(SAGA, pk, find(SAGA).plan) for pk in new])
    return len(new)


# --- By hand -------------------------------------------------------------------------------------


@transaction.atomic
def test(watch: Watch, now: datetime) -> Delivery:
    """Post a card for this watch that is marked as a test and pings nobody.

    Raises DeliveryRefused: target_disabled or too_soon.
    """
    target = Target.objects.select_for_update(no_key=True).get(pk=watch.target_id)
    if target.disabled_at:
        raise DeliveryRefused("target_disabled")
    tests = Delivery.objects.filter(target=target, is_test=True, due_at__gt=now - TEST_PAUSE)
    if tests.exists():
        raise DeliveryRefused("too_soon")
    delivery = Delivery(target=target, watch=watch, is_test=True, due_at=now)
    _begin([delivery])
    return delivery


@transaction.atomic
def resend(delivery: Delivery, now: datetime) -> Delivery:
    """Try again to post what was not posted; returns the new delivery.

    Raises DeliveryRefused: not_failed, watch_gone, stream_ended, target_disabled or sent_again.
    """
    target = Target.objects.select_for_update(no_key=True).get(pk=delivery.target_id)
    delivery = Delivery.objects.select_related("target", "watch", "stream").get(pk=delivery.pk)
    if code := _why_not_again(delivery):
        raise DeliveryRefused(code)
    again = Delivery(
        target=target,
        watch=delivery.watch,
        stream=delivery.stream,
        resend_of=delivery,
        due_at=now,
    )
    _begin([again])
    return again


def can_be_sent_again(delivery: Delivery) -> bool:
    """Tell whether `resend` would."""
    return not _why_not_again(delivery)


def _why_not_again(delivery: Delivery) -> str:
    """Return the code of what is in the way of another try, or ""."""
    if delivery.status not in Delivery.NOT_POSTED or delivery.is_test:
        return "not_failed"
    if delivery.watch is None or delivery.stream is None:
        return "watch_gone"
    if delivery.stream.ended_at:
        return "stream_ended"
    if delivery.target.disabled_at:
        return "target_disabled"
    return "sent_again" if delivery.resends.exists() else ""


def prune_tests(before: datetime) -> None:
    """Forget tests that are older; what was posted about a stream is forgotten with it."""
    Delivery.objects.filter(is_test=True, due_at__lt=before).delete()
