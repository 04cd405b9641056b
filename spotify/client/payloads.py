"""What Spotify's answers hold, as far as we use it: read so that no answer can break us."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Kind = Literal["track", "episode", "local", "ad", "unknown"]

TRACK_ID = re.compile(r"[0-9A-Za-z]{22}")
LONGEST_TEXT = 512
LONGEST_URL = 2048
LONGEST_LIST = 50
LARGEST_NUMBER = 2**31 - 1
# Spotify shows no more of its queue.
LONGEST_QUEUE = 20
# The smallest cover that is still sharp in an overlay, in pixels.
SHARP = 300


@dataclass(frozen=True)
class Item:
    """Something that the player plays; what Spotify does not say is empty, 0 or False."""

    kind: Kind
    track_id: str = ""
    title: str = ""
    artists: tuple[str, ...] = ()
    album: str = ""
    cover_url: str = ""
    duration_ms: int = 0
    artist_ids: tuple[str, ...] = ()
    is_explicit: bool = False
    isrc: str = ""
    is_playable: bool = True


@dataclass(frozen=True)
class Playback:
    """The player as it was at `read_at`; without a device `device_name` is empty."""

    read_at: datetime
    device_name: str
    is_active_device: bool
    is_playing: bool
    item: Item | None
    progress_ms: int
    is_restricted_device: bool = False


@dataclass(frozen=True)
class Upcoming:
    """What plays and what comes next, in the player's order; Spotify shows at most 20."""

    read_at: datetime
    current: Item | None
    items: tuple[Item, ...]


def playback(answer: object, now: datetime) -> Playback:
    """Read an answer of `GET /me/player`; None is the empty answer of a player without device."""
    said = _dict(answer)
    device = _dict(said.get("device"))
    is_playing = said.get("is_playing") is True
    shown = item(said.get("item"))
    if shown is None and is_playing:
        shown = _nameless(said.get("currently_playing_type"))
    progress = _number(said.get("progress_ms"))
    if shown is not None and shown.duration_ms:
        progress = min(progress, shown.duration_ms)
    return Playback(
        read_at=now,
        device_name=_text(device.get("name"), 200) or ("A device" if device else ""),
        is_active_device=device.get("is_active") is True,
        is_playing=is_playing,
        item=shown,
        progress_ms=progress,
        is_restricted_device=device.get("is_restricted") is True,
    )


def upcoming(answer: object, now: datetime) -> Upcoming:
    """Read an answer of `GET /me/player/queue`; an item without a name keeps its place."""
    said = _dict(answer)
    items = [item(raw) or Item("unknown") for raw in _list(said.get("queue"))]
    return Upcoming(now, item(said.get("currently_playing")), tuple(items[:LONGEST_QUEUE]))


def item(raw: object) -> Item | None:
    """Read a track, an episode or whatever else stands in their place; None for none."""
    if not isinstance(raw, dict) or not raw:
        return None
    title = _text(raw.get("name"))
    duration = _number(raw.get("duration_ms"))
    artists = [_dict(artist) for artist in _list(raw.get("artists"))]
    names = tuple(name for artist in artists if (name := _text(artist.get("name"))))
    album = _dict(raw.get("album"))
    if raw.get("is_local") is True or str(raw.get("uri")).startswith("spotify:local:"):
        return Item("local", "", title, names, _text(album.get("name")), "", duration)
    if raw.get("type") == "episode":
        show = _dict(raw.get("show"))
        cover = _cover(raw.get("images")) or _cover(show.get("images"))
        by = tuple(filter(None, [_text(show.get("name"))]))
        return Item("episode", "", title, by, "", cover, duration)
    track_id = raw.get("id")
    if not (isinstance(track_id, str) and TRACK_ID.fullmatch(track_id) and title):
        return Item("unknown", "", title, names, "", "", duration)
    return Item(
        kind="track",
        track_id=track_id,
        title=title,
        artists=names,
        album=_text(album.get("name")),
        cover_url=_cover(album.get("images")),
        duration_ms=duration,
        artist_ids=tuple(id for artist in artists if (id := _text(artist.get("id"), 64))),
        is_explicit=raw.get("explicit") is True,
        isrc=_text(_dict(raw.get("external_ids")).get("isrc"), 16),
        is_playable=raw.get("is_playable") is not False and not raw.get("restrictions"),
    )


def _nameless(kind: object) -> Item:
    return Item("ad" if kind == "ad" else "episode" if kind == "episode" else "unknown")


def _cover(images: object) -> str:
    """Return the smallest cover that is sharp, or else the first there is; empty for none."""
    found = [
        (_number(image.get("width")), url)
        for image in map(_dict, _list(images))
        if (url := _url(image.get("url")))
    ]
    sharp = sorted(pair for pair in found if pair[0] >= SHARP)
    return (sharp or found or [(0, "")])[0][1]


def _url(value: object) -> str:
    is_address = isinstance(value, str) and re.fullmatch(r"https?://[!-~]+", value)
    return str(value) if is_address and len(str(value)) <= LONGEST_URL else ""


def _text(value: object, longest: int = LONGEST_TEXT) -> str:
    """Return one line that a database can hold: no control characters, no half surrogates."""
    if not isinstance(value, str):
        return ""
    line = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+", " ", value[: 4 * longest])
    return line.strip()[:longest].strip()


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    # The first comparison is False for what is not a number at all.
    return int(min(value, LARGEST_NUMBER)) if value > 0 else 0


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value[:LONGEST_LIST] if isinstance(value, list) else []
