"""What the dashboard shows: the card as it will be, what is live, and what became of posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import User
from watcher.models import Delivery, Poll, Target, Watch, WatchedStream
from watcher.rules import cards, matching
from watcher.services.dispatch.posting import live_stream

Kind = Watch.Kind

MOST_LIVE = 50
LATE = timedelta(minutes=1)
# Why a stream that is on is not posted, or not yet.
NOT_YET: dict[matching.Why, str] = {
    "other": "not posted: it is about something else now",
    "language": "not posted: another language",
    "title": "not posted: the title does not fit",
    "viewers": "waits for more viewers",
    "too_young": "waits until it has been live for long enough",
}


@dataclass(frozen=True)
class Preview:
    """What Discord would be sent for a watch; `ended` is None if the post is not changed then."""

    watched_name: str
    image_url: str
    is_live: bool
    live: cards.Payload
    ended: cards.Payload | None


def preview(watch: Watch, now: datetime) -> Preview:
    """Render the cards of a watch, stored or not, of what is on or else of a sample."""
    on_now = live_stream(watch) if watch.watched_id else None
    stream = on_now or cards.sample(watch, now)
    is_edited = watch.end_action == Watch.EndAction.EDIT
    return Preview(
        watch.watched_name,
        watch.image_url,
        on_now is not None,
        cards.card(watch, stream, is_test=False),
        cards.card(watch, stream, is_test=False, ended=now) if is_edited else None,
    )


def live_for(owner: User) -> QuerySet[WatchedStream]:
    """Return streams that are on of what this person watches, whatever the filters say."""
    mine = Watch.objects.working().filter(target__owner=owner)
    about = Q(kind=Kind.STREAMER, watched_id=OuterRef("streamer_id"))
    about |= Q(kind=Kind.GAME, watched_id=OuterRef("game_id"))
    return WatchedStream.objects.live().filter(Exists(mine.filter(about)))


@dataclass(frozen=True)
class Told:
    """What one watch makes of a stream: its post, or None and why there is none."""

    watch: Watch
    delivery: Delivery | None
    words: str


@dataclass(frozen=True)
class Live:
    """A stream that is on, and what became of it."""

    stream: WatchedStream
    told: list[Told]


def live_board(owner: User, now: datetime) -> list[Live]:
    """Return the streams that are on, most watched first, and whether they were posted."""
    streams = list(live_for(owner).order_by("-viewers", "pk")[:MOST_LIVE])
    mine = Watch.objects.working().filter(target__owner=owner).select_related("target")
    by_thing: dict[tuple[str, str], list[Watch]] = {}
    for watch in mine:
        by_thing.setdefault((watch.kind, watch.watched_id), []).append(watch)
    posts = {
        (delivery.watch_id, delivery.stream_id): delivery
        for delivery in Delivery.objects.filter(
            target__owner=owner, stream__in=streams, is_test=False
        ).order_by("pk")
    }
    return [
        Live(
            stream,
            [
                _told(watch, stream, posts.get((watch.pk, stream.pk)), now)
                for key in ((Kind.STREAMER, stream.streamer_id), (Kind.GAME, stream.game_id))
                for watch in by_thing.get(key, [])
            ],
        )
        for stream in streams
    ]


def _told(watch: Watch, stream: WatchedStream, post: Delivery | None, now: datetime) -> Told:
    verdict = matching.matches(watch, stream, now)
    if post is not None and post.status != Delivery.Status.DUE:
        return Told(watch, post, post.get_why_display() or post.get_status_display())
    if isinstance(verdict, matching.Not):
        return Told(watch, post, NOT_YET[verdict.why])
    return Told(watch, post, "about to be posted" if post else "was on before you watched it")


@dataclass(frozen=True)
class Polling:
    """When Twitch was asked last, and what is wrong with that, or ""."""

    asked_at: datetime | None
    trouble: str


def how_it_polls(now: datetime) -> Polling:
    """Tell whether live streams are noticed at the moment."""
    poll = Poll.objects.filter(pk=1).first()
    asked_at = poll.ended_at if poll else None
    if asked_at is not None and now - asked_at > LATE + 3 * settings.WATCHER_INTERVAL:
        return Polling(asked_at, "Twitch has not been asked for a while: posts may come late.")
    trouble = "Twitch does not answer at the moment: posts may come late."
    return Polling(asked_at, trouble if poll and poll.trouble else "")


def targets_of(owner: User) -> QuerySet[Target]:
    """Return a person's channels with what is watched for each, oldest first."""
    in_order = Prefetch("watches", Watch.objects.order_by("created_at", "pk"))
    return (
        Target.objects.filter(owner=owner).prefetch_related(in_order).order_by("created_at", "pk")
    )


def deliveries_of(owner: User) -> QuerySet[Delivery]:
    """Return the log of a person's channels, newest first."""
    mine = Delivery.objects.filter(target__owner=owner)
    return mine.select_related("target", "watch", "stream").order_by("-created_at", "-pk")


def is_used() -> bool:
    """Tell whether anybody watches anything."""
    return Watch.objects.working().exists()


def failed_since(since: datetime) -> int:
    """Count posts that could not be made since then, for all people."""
    return Delivery.objects.filter(status=Delivery.Status.FAILED, closed_at__gt=since).count()


def log_of(owner: User, before: str) -> QuerySet[Delivery]:
    """Return the log, newest first, from behind this delivery's id on if one is given."""
    rows = deliveries_of(owner).order_by("-pk")
    return rows.filter(pk__lt=before) if before else rows


@dataclass(frozen=True)
class Step:
    """One of the steps to the first post: what to do, and whether it was done."""

    name: str
    is_done: bool


def steps(owner: User) -> list[Step]:
    """Return the steps to the first post; none when they are all done."""
    watches = Watch.objects.filter(target__owner=owner).exists()
    has = {
        "Add a Discord channel": Target.objects.filter(owner=owner).exists(),
        "Choose whom to watch": watches,
        "See the card": watches,
        "Send a test": Delivery.objects.filter(
            target__owner=owner, posted_at__isnull=False
        ).exists(),
    }
    return [] if all(has.values()) else [Step(name, is_done) for name, is_done in has.items()]


def export(owner: User) -> dict[str, Any]:
    """Return all that is stored of what a person has watched, as JSON's types; no secrets."""
    return {
        "channels": [
            {"name": target.name, "added_at": target.created_at.isoformat()}
            | {"watches": [_exported(watch) for watch in target.watches.all()]}
            for target in targets_of(owner)
        ],
        "posts": [
            {
                "channel": delivery.target.name,
                "status": delivery.status,
                "why": delivery.why,
                "payload": delivery.payload,
                "created_at": delivery.created_at.isoformat(),
            }
            for delivery in deliveries_of(owner)
        ],
    }


def _exported(watch: Watch) -> dict[str, Any]:
    names = ("kind", "watched_id", "watched_name", "languages", "title_includes", "title_excludes")
    more = ("least_viewers", "least_minutes", "mention", "role_id", "template", "end_action")
    return {name: getattr(watch, name) for name in (*names, *more, "is_active")}
