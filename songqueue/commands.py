"""The chat commands of the song queue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from sagas.flow import Refused
from songqueue import texts
from songqueue.models import SongRequest
from songqueue.rules.times import about
from songqueue.rules.words import shorten
from songqueue.services import door, moderation, player, queue
from songqueue.services.board import board
from songqueue.services.moderation import By
from songqueue.services.naming import LONGEST, song_in_chat
from twitch.registry import Invocation, Permission, command
from twitch.services import chat

SOME = timedelta(seconds=5)
MOST_NEXT = 4


# --- For viewers -----------------------------------------------------------------------------


@command("song", aliases=("np", "nowplaying"), cooldown=SOME, help="Which song plays.")
def song(call: Invocation) -> str:
    """Name the song, and who requested it."""
    player.read_when_asked(call.at)
    now = board(timezone.now())["now"]
    if now is None:
        return chat.render(texts.NOTHING_PLAYS)
    if now["request"] is None:
        return chat.render(texts.NOW, song=_line(now))
    return chat.render(texts.NOW_REQUESTED, song=_line(now), requester=now["request"]["viewer"])


@command("queue", aliases=("songs",), cooldown=SOME, help="Which songs come next.")
def next_songs(call: Invocation) -> str:
    """Name the next four; requests with their places and who asked for them."""
    player.read_when_asked(call.at)
    shown = board(timezone.now())
    items = [*shown["next"], *shown["waiting"]][:MOST_NEXT]
    if not items:
        return chat.render(texts.NOTHING_NEXT)
    places = count(1)
    return chat.render(texts.NEXT, songs=" · ".join(_entry(item, places) for item in items))


@command("position", aliases=("when",), cooldown=timedelta(0), help="When your song plays.")
def position(call: Invocation) -> str:
    """Say which place the viewer's next song has, and when it comes."""
    own = SongRequest.objects.open().filter(viewer=call.viewer).select_related("track")
    first = own.order_by("lined_up_at", "id").first()
    if first is None:
        raise Refused("no_request", chat.render(texts.NO_REQUEST))
    if first.status == SongRequest.Status.PLAYING:
        return chat.render(texts.PLAYS_NOW, song=song_in_chat(first))
    place, seconds = queue.place(first)
    return chat.render(texts.POSITION, song=song_in_chat(first), place=place, when=about(seconds))


@command("wrongsong", aliases=("oops",), help="Take your newest song back.")
def wrong_song(call: Invocation) -> str:
    """Take it off the queue; where its points come back, its flow says so."""
    taken = moderation.withdraw(call.viewer, _by(call), timezone.now())
    if moderation.is_refundable(taken):
        return ""
    return chat.render(texts.WITHDRAWN, song=song_in_chat(taken))


# --- For moderators --------------------------------------------------------------------------


@command("skip", permission=Permission.MODERATOR, help="Skip the song that plays.", usage="[why]")
def skip(call: Invocation) -> str:
    """Have it skipped; the answer comes when the player has done it."""
    moderation.skip(_by(call), why=call.argument)
    return ""


@command(
    "remove",
    permission=Permission.MODERATOR,
    help="Take a request off the queue.",
    usage="<place> [why]",
)
def remove(call: Invocation) -> str:
    """Take the request at that place off the queue."""
    place, _, why = call.argument.partition(" ")
    place = place.removeprefix("#")
    if not (place.isascii() and place.isdecimal() and len(place) < 4):
        raise Refused("usage", chat.render(texts.REMOVE_USAGE, command=call.name))
    request = moderation.at_place(int(place))
    moderation.remove(request, _by(call), timezone.now(), why=why)
    return chat.render(texts.REMOVED, song=song_in_chat(request), viewer=request.viewer)


@command(
    "srpause",
    permission=Permission.MODERATOR,
    help="Pause song requests, or open them again.",
    usage="[off]",
)
def pause(call: Invocation) -> str:
    """Pause requests; with "off", end that."""
    is_off = call.argument.lower() in ("off", "end", "resume")
    moderation.pause(_by(call), is_paused=not is_off, why="" if is_off else call.argument)
    if not is_off:
        return chat.render(texts.PAUSED, command=call.name)
    for _code, sentence in door.closed(timezone.now()):
        return chat.render(texts.STILL_CLOSED, reason=sentence)
    return chat.render(texts.RESUMED)


# --- What they share -------------------------------------------------------------------------


def _by(call: Invocation) -> By:
    return By(moderation.Via.CHAT, call.viewer.display_name, message_id=call.message_id)


def _line(item: dict[str, Any]) -> str:
    names = ", ".join(item["artists"])
    return shorten(f"{item['title']} – {names}" if names else item["title"], LONGEST)


def _entry(item: dict[str, Any], places: Iterator[int]) -> str:
    line = shorten(_line(item), LONGEST // 2)
    # What the player shows names its request; what it does not show yet is one.
    viewer = item["viewer"] if "viewer" in item else (item["request"] or {}).get("viewer")
    return f"#{next(places)} {line} ({viewer})" if viewer else line
