"""Streams, watches and deliveries, and leading them, for tests of the dispatcher."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from sagas.models import Run
from sagas.services import pokes_held
from tests.sagas.driving import lead
from tests.watcher.conftest import Hook
from watcher.models import Delivery, Target, Watch, WatchedStream
from watcher.services import deliveries
from watcher.services.dispatch.pace import LANE


def target(owner: User, hook: Hook, **columns: Any) -> Target:
    """Make a target of the webhook."""
    given = {"name": "News", "webhook_id": hook.id, "webhook_token": hook.token}
    return Target.objects.create(owner=owner, **given | {"source": "pasted"} | columns)


def watch(place: Target, streamer: str = "77", **columns: Any) -> Watch:
    """Make a watch of a streamer that is older than any stream."""
    since = timezone.now() - timedelta(days=1)
    given = {"kind": "streamer", "watched_id": streamer, "watched_login": f"s{streamer}"}
    named = {"watched_name": f"S{streamer}", "active_since": since}
    return Watch.objects.create(target=place, **given | named | columns)


def stream(id: str = "9001", streamer: str = "77", **columns: Any) -> WatchedStream:
    """Make a stream that has just been seen for the first time."""
    now = timezone.now()
    given = {
        "streamer_id": streamer,
        "streamer_login": f"s{streamer}",
        "streamer_name": f"S{streamer}",
        "title": "Chess at night",
        "game_id": "743",
        "game_name": "Chess",
        "language": "en",
        "thumbnail_url": "https://static-cdn.jtvnw.net/s-{width}x{height}.jpg",
        "viewers": 12,
        "peak_viewers": 30,
        "started_at": now - timedelta(minutes=2),
        "first_seen_at": now,
        "seen_at": now,
    }
    return WatchedStream.objects.create(id=id, **given | columns)


def due(what: WatchedStream) -> list[Delivery]:
    """Make the deliveries of a stream; returns them in the order of their making."""
    with transaction.atomic(), pokes_held(LANE):
        deliveries.due_for(what, timezone.now())
    return list(Delivery.objects.filter(stream=what).order_by("pk"))


def dispatch(*, at_once: bool = False) -> None:
    """Lead all deliveries as far as they go now; `at_once` as if their waits were over."""
    if at_once:
        Run.objects.filter(lane=LANE, due_at__isnull=False).update(due_at=Now())
    lead(LANE)


def end(what: WatchedStream) -> None:
    """Let the stream have ended an hour after it began."""
    what.ended_at = what.started_at + timedelta(hours=1)
    what.save()
    with pokes_held(LANE):
        deliveries.wake(what.pk)


def run_of(delivery: Delivery) -> Run:
    return Run.objects.get(saga=deliveries.SAGA, subject_id=delivery.pk)


def let_pass(delivery: Delivery, pause: timedelta) -> None:
    """Make it as if what was done last had been done so much earlier."""
    row = Delivery.objects.get(pk=delivery.pk)
    for name in ("posted_at", "edited_at"):
        if (moment := getattr(row, name)) is not None:
            setattr(row, name, moment - pause)
    row.save()
