"""What can be watched: streamers and games, looked up at Twitch for the person who asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import structlog
from django.core.cache import cache

from accounts.models import User
from sagas.flow import Refused, Wait
from twitch.client import lookups
from twitch.client.errors import HelixError, Unreachable
from twitch.client.payloads import CategoryPayload
from watcher.models import Watch
from watcher.rules import streamers
from watcher.services import asking

log = structlog.get_logger(__name__)

# So often a minute one person may have Twitch asked: a person who types asks often.
MOST_ASKS = 60
# What Twitch said holds for so many seconds.
KEPT = 600
LONGEST_QUERY = 100

SENTENCES = {
    "no_streamer": "Twitch knows nobody of that name.",
    "no_game": "Twitch knows no game of that name: choose one of the suggestions.",
    "twitch_away": "Twitch does not answer: try again in a moment.",
    "too_many_asks": "That was often: try again in a minute.",
}


class ThingRefused(Refused):
    """What is to be watched was not found; `code` says why."""

    def __init__(self, code: str, sentence: str = "") -> None:
        super().__init__(code, sentence or SENTENCES[code])


@dataclass(frozen=True)
class Thing:
    """A streamer or a game: Twitch's id, the streamer's login, the name and a picture's address."""

    kind: str
    id: str
    name: str
    login: str = ""
    image_url: str = ""


# Stands for whatever was not chosen yet.
ANYBODY = Thing(Watch.Kind.STREAMER, "", "Streamer", "streamer")
ANY_GAME = Thing(Watch.Kind.GAME, "", "Some game")


def any_of(kind: str) -> Thing:
    """Return what stands for a streamer or a game that was not chosen yet."""
    return ANY_GAME if kind == Watch.Kind.GAME else ANYBODY


def find(owner: User, kind: str, given: str) -> Thing:
    """Return the streamer of that login or address, or the game of that id or exact name.

    Raises ThingRefused: not_a_streamer, no_streamer, no_game, twitch_away or too_many_asks.
    """
    return _game(owner, given) if kind == Watch.Kind.GAME else _streamer(owner, given)


def games(owner: User, query: str) -> list[Thing]:
    """Return games whose name has these words, an exact one first.

    Raises ThingRefused: twitch_away or too_many_asks.
    """
    words = " ".join(query.split()).casefold()[:LONGEST_QUERY]
    if not words:
        return []
    found = _remembered(f"search:{words}")
    if found is None:
        with _asking(owner):
            found = [_thing_of(row) for row in lookups.search_categories(words)]
        _remember(f"search:{words}", found)
    return sorted(found, key=lambda game: game.name.casefold() != words)


def _streamer(owner: User, given: str) -> Thing:
    try:
        login = streamers.login_of(given)
    except streamers.NotAStreamer as error:
        raise ThingRefused("not_a_streamer", str(error)) from None
    found = _remembered(f"login:{login}")
    if found is None:
        with _asking(owner):
            rows = lookups.users_by(logins=[login])
        found = [
            Thing(
                Watch.Kind.STREAMER,
                row.id,
                (row.display_name or row.login)[:128],
                row.login[:64],
                _short(row.profile_image_url),
            )
            for row in rows
        ]
        _remember(f"login:{login}", found)
    if not found:
        raise ThingRefused("no_streamer")
    return found[0]


def _game(owner: User, given: str) -> Thing:
    text = " ".join(given.split())
    if text.isascii() and text.isdecimal() and (game := _game_by_id(owner, text)):
        return game
    for game in games(owner, text):
        if game.name.casefold() == text.casefold():
            return game
    raise ThingRefused("no_game")


def _game_by_id(owner: User, id: str) -> Thing | None:
    found = _remembered(f"game:{id}")
    if found is None:
        with _asking(owner):
            found = [_thing_of(row) for row in lookups.games_by_ids([id[:32]])]
        _remember(f"game:{id}", found)
    return found[0] if found else None


def _thing_of(row: CategoryPayload) -> Thing:
    return Thing(
        Watch.Kind.GAME,
        row.id,
        row.name[:128],
        image_url=_short(streamers.box_art(row.box_art_url)),
    )


def _short(address: str) -> str:
    """Return an address that fits its column, or none."""
    return address if address.startswith("https://") and len(address) <= 300 else ""


@contextmanager
def _asking(owner: User) -> Iterator[None]:
    _count_ask(owner)
    try:
        yield
    except (Wait, HelixError, Unreachable) as error:
        log.warning("watcher.not_looked_up", why=type(error).__name__)
        raise ThingRefused("twitch_away") from error


def _count_ask(owner: User) -> None:
    """Count one question to Twitch."""
    if asking.is_too_much(owner, "lookups", MOST_ASKS):
        raise ThingRefused("too_many_asks")


def _remembered(key: str) -> list[Thing] | None:
    try:
        rows = cache.get(f"watcher:things:{_safe(key)}")
        return None if rows is None else [Thing(**row) for row in rows]
    except Exception as error:
        log.warning("watcher.nothing_remembered", error=type(error).__name__)
        return None


def _remember(key: str, found: list[Thing]) -> None:
    try:
        cache.set(f"watcher:things:{_safe(key)}", [asdict(thing) for thing in found], KEPT)
    except Exception as error:
        log.warning("watcher.not_remembered", error=type(error).__name__)


def _safe(key: str) -> str:
    """Return the key without what some caches do not take."""
    return key.encode().hex()
