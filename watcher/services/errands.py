"""What is to be asked in a round, in order: games, streamers, and live streams that stray."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Min, OuterRef, QuerySet

from twitch.client.lookups import MOST
from watcher.models import Poll, Watch, WatchedStream


@dataclass(frozen=True)
class Errand:
    """One call for up to a hundred people, or some for the pages of a game.

    Of a game's streams, most watched first, those with fewer viewers than `least` need no page.
    `after` is where the stage is when this is done.
    """

    stage: str
    after: str
    people: tuple[str, ...] = ()
    game_id: str = ""
    least: int = 0


def left(stage: str, after: str, began_at: datetime) -> Iterator[Errand]:
    """Yield what is still to be asked in the round that began then and got so far."""
    if stage == Poll.Stage.GAMES:
        yield from _games(_working(Watch.Kind.GAME).filter(watched_id__gt=after))
        stage, after = Poll.Stage.STREAMERS, ""
    if stage == Poll.Stage.STREAMERS:
        yield from _people(stage, _working(Watch.Kind.STREAMER), "watched_id", after)
        stage, after = Poll.Stage.STRAYS, ""
    if stage == Poll.Stage.STRAYS:
        yield from _people(stage, _strays(began_at), "streamer_id", after)


def of_new(since: datetime) -> Iterator[Errand]:
    """Yield what watches ask for that are active only since then; no stage gets further by it."""
    yield from _games(_working(Watch.Kind.GAME).filter(active_since__gt=since))
    new = _working(Watch.Kind.STREAMER).filter(active_since__gt=since)
    yield from _people("", new, "watched_id", "")


def count() -> tuple[int, int]:
    """Return how many things are watched, and how many errands they make."""
    games = _working(Watch.Kind.GAME).values("watched_id").distinct().count()
    people = _working(Watch.Kind.STREAMER).values("watched_id").distinct().count()
    # The last is for strays: there are few.
    return games + people, games + -(-people // MOST) + 1


def _working(kind: Watch.Kind) -> QuerySet[Watch]:
    return Watch.objects.working().filter(kind=kind)


def _games(watches: QuerySet[Watch]) -> Iterator[Errand]:
    wanted = watches.values("watched_id").annotate(least=Min("least_viewers"))
    for game_id, least in wanted.order_by("watched_id").values_list("watched_id", "least"):
        yield Errand(Poll.Stage.GAMES, game_id, game_id=game_id, least=least)


def _people(
    stage: str, rows: QuerySet[Watch] | QuerySet[WatchedStream], name: str, after: str
) -> Iterator[Errand]:
    ids = rows.order_by(name).values_list(name, flat=True).distinct()
    while people := tuple(ids.filter(**{f"{name}__gt": after})[:MOST]):
        after = people[-1]
        yield Errand(stage, after, people)


def _strays(began_at: datetime) -> QuerySet[WatchedStream]:
    """Live streams that this round has not seen, of people whom it asks for nowhere else.

    They left the watched game, or its pages; or nobody watches them any more.
    """
    watches = _working(Watch.Kind.STREAMER).filter(watched_id=OuterRef("streamer_id"))
    unseen = WatchedStream.objects.live().filter(seen_at__lt=began_at)
    return unseen.filter(~Exists(watches))
