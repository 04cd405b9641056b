"""What follows when a stream begins, changes or ends: posts, edits, and the end of posts."""

from __future__ import annotations

from django.utils import timezone

from sagas.registry import listen
from watcher.events import FoundLive, StreamChanged, StreamEnded, StreamStarted
from watcher.models import WatchedStream
from watcher.services import deliveries


@listen(StreamStarted)
def post_where_watched(fact: StreamStarted) -> None:
    """Post it wherever it is news."""
    if (stream := WatchedStream.objects.filter(pk=fact.stream_id).first()) is not None:
        deliveries.due_for(stream, timezone.now())


@listen(FoundLive)
def post_for_a_new_watch(fact: FoundLive) -> None:
    """Post what was on when the watch was added."""
    deliveries.catch_up(fact.watch_id, fact.stream_id, timezone.now())


@listen(StreamChanged)
def show_the_change(fact: StreamChanged) -> None:
    """Change what was posted, and post where it is news only now."""
    stream = WatchedStream.objects.live().filter(pk=fact.stream_id).first()
    if stream is not None:
        deliveries.due_for(stream, timezone.now(), came_at=stream.seen_at)
        deliveries.wake(stream.pk)


@listen(StreamEnded)
def close_posts(fact: StreamEnded) -> None:
    """Close what was posted; what was not is dropped."""
    deliveries.wake(fact.stream_id)
