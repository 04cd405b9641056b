"""Whether a song may be requested: what it is, who asks for it, and what waits already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from songqueue.rules.times import length
from songqueue.rules.words import has_word

KINDS = ("viewer", "track", "artist", "word")


@dataclass(frozen=True)
class No:
    """Why not: a stable code, and what the sentence for it is filled in with."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Limits:
    """What the streamer allows; 0 switches a limit off."""

    longest_seconds: int = 0
    explicit_allowed: bool = True
    repeat_minutes: int = 0
    open_per_viewer: int = 0
    in_a_row_per_viewer: int = 0
    queue_length: int = 0


@dataclass(frozen=True)
class Song:
    """What is known of a track."""

    track_id: str
    isrc: str
    title: str
    artists: tuple[str, ...]
    artist_ids: tuple[str, ...]
    seconds: int
    is_explicit: bool


@dataclass(frozen=True)
class Blocked:
    """One thing that is not wanted; `kind` is one of KINDS."""

    kind: str
    value: str


@dataclass(frozen=True)
class Place:
    """One open request, as far as the next one depends on it."""

    viewer_id: str
    track_id: str
    isrc: str
    is_playing: bool


def refuse_person(
    who: str, *, is_subscriber: bool, is_vip: bool, is_moderator: bool, is_broadcaster: bool
) -> No | None:
    """Judge who asks; `who` is "everyone", "subscribers", "vips" or "moderators"."""
    if is_moderator or is_broadcaster or who == "everyone":
        return None
    if is_vip and who in ("vips", "subscribers"):
        return None
    if is_subscriber and who == "subscribers":
        return None
    return No(f"{who}_only")


def refuse_song(song: Song, limits: Limits) -> No | None:
    """Judge the song by itself."""
    if 0 < limits.longest_seconds < song.seconds:
        longest = length(limits.longest_seconds)
        return No("too_long", {"length": length(song.seconds), "longest": longest})
    if song.is_explicit and not limits.explicit_allowed:
        return No("explicit")
    return None


def refuse_blocked(song: Song, viewer_id: str, blocks: Iterable[Blocked]) -> No | None:
    """Judge by what is blocked; the viewer before the song."""
    hit = {block.kind for block in blocks if _hits(block, song, viewer_id)}
    return next((No(f"blocked_{kind}") for kind in KINDS if kind in hit), None)


def refuse_place(
    song: Song, viewer_id: str, queue: Sequence[Place], limits: Limits, minutes_ago: int | None
) -> No | None:
    """Judge by the open requests, in the order of their places, and by what was played.

    `minutes_ago` says how long ago the song was played, if it was within the limit; 0 while it is.
    """
    waiting = [place for place in queue if not place.is_playing]
    if 0 < limits.queue_length <= len(waiting):
        return No("queue_full", {"length": str(limits.queue_length)})
    same = [place for place in queue if limits.repeat_minutes and _is_same(song, place)]
    if any(not place.is_playing for place in same):
        return No("in_queue")
    if same or minutes_ago == 0:
        return No("plays_now")
    if minutes_ago is not None:
        wait = max(1, limits.repeat_minutes - minutes_ago)
        return No("played_recently", {"minutes": str(minutes_ago), "wait": str(wait)})
    own = sum(place.viewer_id == viewer_id for place in queue)
    if 0 < limits.open_per_viewer <= own:
        return No("too_many_open", {"open": str(own), "most": str(limits.open_per_viewer)})
    in_a_row = len(list(takewhile(lambda place: place.viewer_id == viewer_id, reversed(queue))))
    others_wait = any(place.viewer_id != viewer_id for place in waiting)
    if 0 < limits.in_a_row_per_viewer <= in_a_row and others_wait:
        return No("too_many_in_a_row", {"most": str(limits.in_a_row_per_viewer)})
    return None


def _hits(block: Blocked, song: Song, viewer_id: str) -> bool:
    match block.kind:
        case "viewer":
            return block.value == viewer_id
        case "track":
            return block.value == song.track_id
        case "artist":
            return block.value in song.artist_ids
        case _:
            return any(has_word(text, block.value) for text in (song.title, *song.artists))


def _is_same(song: Song, place: Place) -> bool:
    """The same recording may be in the catalogue under several ids."""
    return song.track_id == place.track_id or bool(song.isrc and song.isrc == place.isrc)
