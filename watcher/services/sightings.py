"""Streams that were seen, missed or ended: their rows, and the facts about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from sagas.services import publish_many
from twitch.client.payloads import StreamPayload
from watcher.events import FoundLive, StreamChanged, StreamEnded, StreamStarted
from watcher.models import WatchedStream
from watcher.rules.news import Followed, Look, News, Seen, follow, is_news

ROWS_AT_ONCE = 1000
# A watch that was saved while its stream was written down may have missed the fact of it.
CROSSED = timedelta(minutes=1)
GREETED_FOR = timedelta(minutes=10)

_SEEN = [
    *("streamer_login", "streamer_name", "title", "game_id", "game_name", "language"),
    *("thumbnail_url", "viewers", "peak_viewers", "seen_at", "misses", "version"),
]

_KNOWN_TO_NEW = """
SELECT watch.id, stream.id, watch.kind = 'game', watch.active_since, stream.started_at
FROM watcher_watch watch
JOIN watcher_target target ON target.id = watch.target_id AND target.disabled_at IS NULL
JOIN watcher_watchedstream stream ON stream.ended_at IS NULL
    AND watch.watched_id =
        CASE watch.kind WHEN 'game' THEN stream.game_id ELSE stream.streamer_id END
    AND stream.first_seen_at < %s
    AND stream.first_seen_at - make_interval(secs => %s) <= watch.active_since
WHERE watch.is_active AND watch.active_since > %s AND NOT EXISTS (
    SELECT FROM watcher_delivery delivery
    WHERE delivery.watch_id = watch.id AND delivery.stream_id = stream.id AND NOT delivery.is_test
)
"""


@dataclass(frozen=True)
class Tally:
    """How many streams began, changed and ended."""

    started: int = 0
    changed: int = 0
    ended: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.started + other.started, self.changed + other.changed, self.ended + other.ended
        )


NOTHING = Tally()


@transaction.atomic
def take(rows: Iterable[StreamPayload], asked: Collection[str], at: datetime) -> Tally:
    """Write what Twitch answered at `at`, and announce what is new of it.

    `asked` are the people whose absence from the rows says something. One caller at a time.
    """
    listed = {row.id: row for row in rows}
    known = _known(listed, asked)
    look = Look(at, [_seen(row) for row in listed.values()], asked)
    news = follow(
        {row.id: _followed(row) for row in known.values() if row.ended_at is None},
        {row.id for row in known.values() if row.ended_at is not None},
        look,
    )
    _write(news, listed, known, at)
    _announce(news, known)
    return Tally(len(news.started), len(news.changed), len(news.ended))


def greet(now: datetime) -> None:
    """Announce streams that were known already to the watches that came since, if still news."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN_TO_NEW, [now, CROSSED.total_seconds(), now - GREETED_FOR])
        pairs = cursor.fetchall()
    publish_many(
        (FoundLive(watch_id, stream_id), f"{watch_id}:{stream_id}:{since.isoformat()}")
        for watch_id, stream_id, is_game, since, started_at in pairs
        if is_news(started_at, since, is_game=is_game, newest=settings.WATCHER_NEWS)
    )


def prune(before: datetime) -> None:
    """Forget streams that ended before then, and what was posted about them."""
    old = WatchedStream.objects.filter(ended_at__lt=before).order_by("ended_at")
    while ids := list(old.values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        WatchedStream.objects.filter(pk__in=ids).delete()


def _known(listed: dict[str, StreamPayload], asked: Collection[str]) -> dict[str, WatchedStream]:
    """Return the listed streams that are known, and all that are live of the people in question."""
    people = {*asked, *(row.user_id for row in listed.values())}
    live = Q(ended_at=None, streamer_id__in=people)
    return {row.id: row for row in WatchedStream.objects.filter(Q(id__in=listed) | live)}


def _seen(row: StreamPayload) -> Seen:
    return Seen(row.id, row.user_id, row.started_at, row.title[:300], row.game_id[:32])


def _followed(row: WatchedStream) -> Followed:
    return Followed(
        row.id,
        row.streamer_id,
        row.started_at,
        row.seen_at,
        row.title,
        row.game_id,
        row.misses,
    )


def _write(
    news: News, listed: dict[str, StreamPayload], known: dict[str, WatchedStream], at: datetime
) -> None:
    started = [
        WatchedStream(
            id=id,
            streamer_id=listed[id].user_id,
            started_at=listed[id].started_at,
            first_seen_at=at,
        )
        for id in news.started
    ]
    seen = [known[id] for id in news.seen]
    for id in news.changed:
        known[id].version += 1
    for row in (*started, *seen):
        _describe(row, listed[row.id], at)
    WatchedStream.objects.bulk_create(
        [*started, *seen],
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=_SEEN,
    )
    WatchedStream.objects.filter(id__in=news.missed).update(misses=F("misses") + 1)
    # It was live for the last time when it was last seen.
    WatchedStream.objects.filter(id__in=news.ended).update(ended_at=F("seen_at"))


def _describe(row: WatchedStream, told: StreamPayload, at: datetime) -> None:
    row.streamer_login = told.user_login[:64]
    row.streamer_name = (told.user_name or told.user_login)[:128]
    row.title = told.title[:300]
    row.game_id = told.game_id[:32]
    row.game_name = told.game_name[:200]
    row.language = told.language[:8]
    row.thumbnail_url = told.thumbnail_url[:300]
    row.viewers = told.viewer_count
    row.peak_viewers = max(row.peak_viewers, told.viewer_count)
    row.seen_at = at
    row.misses = 0


def _announce(news: News, known: dict[str, WatchedStream]) -> None:
    publish_many(
        [
            *((StreamEnded(id), id) for id in news.ended),
            *((StreamStarted(id), id) for id in news.started),
            *(
                (StreamChanged(id, known[id].version), f"{id}:{known[id].version}")
                for id in news.changed
            ),
        ]
    )
