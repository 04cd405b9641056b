"""The streamer's own hand on Spotify, the player's clock, and what the console shows of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from rehearsal.control import BadWish, number, read, text
from rehearsal.feed import Feed
from rehearsal.spotify import catalogue
from rehearsal.spotify.catalogue import ODDITIES, TRACKS
from rehearsal.spotify.links import SPECIAL
from rehearsal.spotify.oauth import SCOPES, shown
from rehearsal.spotify.people import LISTENERS, STREAMER
from rehearsal.spotify.player import NoDevice
from rehearsal.spotify.records import Entry
from rehearsal.spotify.signins import TOKEN_SECONDS
from rehearsal.spotify.stage import SPOTIFY, Spotify

FASTEST = 600
LONGEST_JUMP_MS = 24 * 3_600_000
_SWITCHES = {"active": "device_active", "restricted": "device_restricted", "premium": "premium"}


async def look(request: web.Request) -> web.Response:
    """``GET /control/spotify``: the player, its queue, the calls since reset, the catalogue."""
    spotify = request.app[SPOTIFY]
    return web.json_response(
        {
            **_snapshot(spotify),
            "catalogue": _catalogue(spotify),
            "links": sorted(SPECIAL),
        }
    )


async def play(request: web.Request) -> web.Response:
    """``{do: play|pause|next|previous|seek, ms}``: a button of the streamer's Spotify."""
    spotify, wish = request.app[SPOTIFY], await read(request)
    player = spotify.player
    verbs: dict[str, Callable[[], None]] = {
        "play": player.play,
        "pause": player.pause,
        "next": player.next,
        "previous": player.previous,
        "seek": lambda: player.seek(number(wish, "ms", 0, low=0, high=LONGEST_JUMP_MS)),
    }
    verb = verbs.get(text(wish, "do"))
    if verb is None:
        raise BadWish(f"do must be one of {', '.join(verbs)}.")
    verb()
    return web.json_response(_snapshot(spotify))


async def clock(request: web.Request) -> web.Response:
    """``{speed}`` and ``{advance_ms}``: how fast the player's clock runs, and a jump ahead."""
    spotify, wish = request.app[SPOTIFY], await read(request)
    speed = number(wish, "speed", spotify.player.head.speed, low=1, high=FASTEST)
    jump = number(wish, "advance_ms", 0, low=0, high=LONGEST_JUMP_MS)
    spotify.player.run(speed)
    spotify.player.advance(jump)
    return web.json_response(_snapshot(spotify))


async def device(request: web.Request) -> web.Response:
    """``{active, restricted, premium}``: the device's switches, and the subscription's."""
    spotify, wish = request.app[SPOTIFY], await read(request)
    for name, value in wish.items():
        if name not in _SWITCHES or not isinstance(value, bool):
            raise BadWish(f"{', '.join(_SWITCHES)} may be true or false.")
    spotify.player.switch(**{_SWITCHES[name]: value for name, value in wish.items()})
    return web.json_response(_snapshot(spotify))


async def queue(request: web.Request) -> web.Response:
    """``{item}``: the streamer queues a track (its id), an episode, a local file, an ad…"""
    spotify, wish = request.app[SPOTIFY], await read(request)
    item = text(wish, "item")
    if item not in ODDITIES and spotify.state.track(item) is None:
        raise BadWish(f"item must be a track's id or one of {', '.join(ODDITIES)}.")
    spotify.player.add(item, "hand")
    return web.json_response(_snapshot(spotify))


async def tokens(request: web.Request) -> web.Response:
    """``{login, scopes, expires_in}``: a sign-in without the page, for tests."""
    spotify, wish = request.app[SPOTIFY], await read(request)
    listener = LISTENERS.get(text(wish, "login", STREAMER.id))
    if listener is None:
        raise BadWish(f"login must be one of {', '.join(LISTENERS)}.")
    scopes = wish.get("scopes", [])
    if not isinstance(scopes, list) or not SCOPES.issuperset(map(str, scopes)):
        raise BadWish("scopes must be a list of scopes that Spotify has.")
    token, refresh = spotify.signins.sign_in(
        listener.id,
        [str(scope) for scope in scopes],
        number(wish, "expires_in", TOKEN_SECONDS, low=0, high=10_000_000),
    )
    return web.json_response({**shown(token, refresh), "account_id": listener.account_id})


async def track(request: web.Request) -> web.Response:
    """``{removed}``: take a track out of the catalogue, or put it back."""
    spotify, wish = request.app[SPOTIFY], await read(request)
    id, removed = request.match_info["id"], wish.get("removed", True)
    if id not in catalogue.BY_ID:
        raise BadWish("There is no such track.")
    if not isinstance(removed, bool):
        raise BadWish("removed must be true or false.")
    spotify.remove(id) if removed else spotify.put_back(id)
    return web.json_response({"id": id, "removed": removed})


ROUTES = [
    web.get("/control/spotify", look),
    web.post("/control/spotify/player", play),
    web.post("/control/spotify/clock", clock),
    web.post("/control/spotify/device", device),
    web.post("/control/spotify/queue", queue),
    web.post("/control/spotify/tokens", tokens),
    web.post("/control/spotify/tracks/{id}", track),
]


def show(spotify: Spotify, feed: Feed) -> None:
    """Put Spotify's topics on the console."""
    feed.topic("spotify", lambda: _snapshot(spotify))
    feed.topic("catalogue", lambda: _catalogue(spotify))


def refusal(error: Exception) -> tuple[int, str] | None:
    """The status and sentence for an error that Spotify's verbs raise."""
    return (409, "No device is on.") if isinstance(error, NoDevice) else None


def _snapshot(spotify: Spotify) -> dict[str, Any]:
    player = spotify.player
    current, progress, head = player.current(), player.progress_ms(), player.head
    calls = {it.path: it.count for it in spotify.state.calls}
    return {
        "now": {**_item(current), "progress_ms": progress} if current else None,
        "is_playing": head.is_playing,
        "speed": head.speed,
        "device": {name: getattr(head, field) for name, field in _SWITCHES.items()},
        "queue": [_item(it) for it in head.queue],
        "next": [_item(it) for it in player.upcoming()],
        "calls": calls,
        "calls_total": sum(calls.values()),
    }


def _item(entry: Entry) -> dict[str, Any]:
    track = catalogue.BY_ID.get(entry.item)
    return {
        "entry": entry.number,
        "item": entry.item,
        "source": entry.source,
        "kind": "track" if track else entry.item,
        "title": catalogue.title(entry.item),
        "artists": list(track.artists) if track else [],
        "duration_ms": catalogue.duration_ms(entry.item),
        "cover": _cover(track) if track else "",
    }


def _cover(track: catalogue.Track) -> str:
    album = catalogue.spotify_id("album", track.album)
    return f"/spotify/covers/{album}?size=64" if track.covered else ""


def _catalogue(spotify: Spotify) -> list[dict[str, Any]]:
    return [
        {
            "id": track.id,
            "title": track.title,
            "artists": list(track.artists),
            "duration_ms": track.duration_ms,
            "explicit": track.explicit,
            "playable": track.playable,
            "url": track.url,
            "uri": track.uri,
            "code": track.code,
            "removed": spotify.state.track(track.id) is None,
        }
        for track in TRACKS
    ]
