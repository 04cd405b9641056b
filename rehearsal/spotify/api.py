"""The Web API endpoints: the account, tracks, search and the player."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlencode

from aiohttp import web

from rehearsal.spotify.catalogue import TRACKS, Track
from rehearsal.spotify.errors import ApiError
from rehearsal.spotify.guard import CALLER, commanded, has_device
from rehearsal.spotify.payloads import DEVICE_ID, Payloads
from rehearsal.spotify.stage import SPOTIFY

_KINDS = ("album", "artist", "playlist", "track", "show", "episode", "audiobook")
_STATE, _CURRENT = "user-read-playback-state", "user-read-currently-playing"
_LONGEST_PAGE, _LAST_OFFSET = 10, 1000


async def me(request: web.Request) -> web.Response:
    """``GET /me``"""
    return web.json_response(_payloads(request).listener(request[CALLER].needs()))


async def track(request: web.Request) -> web.Response:
    """``GET /tracks/{id}``, ``?market=`` tells whether it is playable there."""
    id = request.match_info["id"]
    if not re.fullmatch(r"[0-9A-Za-z]{22}", id):
        raise ApiError(400, "Invalid base62 id")
    found = request.app[SPOTIFY].state.track(id)
    if found is None:
        raise ApiError(404, "Resource not found")
    return web.json_response(_payloads(request).track(found, market="market" in request.query))


async def search(request: web.Request) -> web.Response:
    """``GET /search``: tracks whose title, artists or album have every word of ``q``."""
    query, payloads = request.query, _payloads(request)
    asked = query.get("q", "").strip()
    if not asked:
        raise ApiError(400, "No search query")
    kinds = query.get("type", "").split(",")
    if not set(_KINDS).issuperset(kinds):
        raise ApiError(400, "Missing parameter type" if kinds == [""] else "Bad search type field")
    limit = _number(query.get("limit", "5"), 1, _LONGEST_PAGE, "Invalid limit")
    offset = _number(query.get("offset", "0"), 0, _LAST_OFFSET, "Invalid offset")
    answer = {}
    for kind in kinds:
        state = request.app[SPOTIFY].state
        found = [it for it in TRACKS if state.track(it.id) and _matches(it, asked)]
        found = found if kind == "track" else []
        path = f"search?{urlencode({'query': asked, 'type': kind})}"
        answer[f"{kind}s"] = {
            **payloads.page(path, limit, offset, len(found)),
            "items": [
                payloads.track(it, market="market" in query)
                for it in found[offset : offset + limit]
            ],
        }
    return web.json_response(answer)


async def player(request: web.Request) -> web.Response:
    """``GET /me/player``: 204 without a device."""
    if not has_device(request, request[CALLER].needs(_STATE)):
        return web.Response(status=204)
    shown = _payloads(request).state(
        request.app[SPOTIFY].player, with_episodes=_wants_episodes(request)
    )
    return web.json_response(shown)


async def currently_playing(request: web.Request) -> web.Response:
    """``GET /me/player/currently-playing``: 204 without a device."""
    if not has_device(request, request[CALLER].needs(_CURRENT)):
        return web.Response(status=204)
    shown = _payloads(request).playback(
        request.app[SPOTIFY].player, with_episodes=_wants_episodes(request)
    )
    return web.json_response(shown)


async def devices(request: web.Request) -> web.Response:
    """``GET /me/player/devices``"""
    own = has_device(request, request[CALLER].needs(_STATE))
    found = [_payloads(request).device(request.app[SPOTIFY].player.head)] if own else []
    return web.json_response({"devices": found})


async def queue(request: web.Request) -> web.Response:
    """``GET /me/player/queue``: empty without a device."""
    if not has_device(request, request[CALLER].needs(_STATE, _CURRENT)):
        return web.json_response({"currently_playing": None, "queue": []})
    return web.json_response(_payloads(request).queue(request.app[SPOTIFY].player))


async def add(request: web.Request) -> web.Response:
    """``POST /me/player/queue?uri=``: one more, each time it is called."""
    spotify = commanded(request)
    uri = request.query.get("uri", "")
    if not uri:
        raise ApiError(400, "Required parameter uri missing")
    found = re.fullmatch(r"spotify:track:([0-9A-Za-z]{22})", uri)
    if found is None:
        raise ApiError(400, "Invalid track uri")
    if spotify.state.track(found[1]) is None:
        raise ApiError(404, "Resource not found")
    _check_device(request)
    spotify.player.add(found[1], "api")
    return _done()


async def next(request: web.Request) -> web.Response:
    """``POST /me/player/next``"""
    _check_device(request)
    commanded(request).player.next()
    return _done()


async def previous(request: web.Request) -> web.Response:
    """``POST /me/player/previous``"""
    _check_device(request)
    commanded(request).player.previous()
    return _done()


async def play(request: web.Request) -> web.Response:
    """``PUT /me/player/play``: go on with what is there."""
    _check_device(request)
    commanded(request).player.play()
    return _done()


async def pause(request: web.Request) -> web.Response:
    """``PUT /me/player/pause``"""
    _check_device(request)
    commanded(request).player.pause()
    return _done()


async def seek(request: web.Request) -> web.Response:
    """``PUT /me/player/seek?position_ms=``"""
    _check_device(request)
    place = _number(request.query.get("position_ms", ""), 0, 10**9, "Invalid position_ms")
    commanded(request).player.seek(place)
    return _done()


ROUTES = [
    web.get("/spotify/v1/me", me),
    web.get("/spotify/v1/tracks/{id}", track),
    web.get("/spotify/v1/search", search),
    web.get("/spotify/v1/me/player", player),
    web.get("/spotify/v1/me/player/currently-playing", currently_playing),
    web.get("/spotify/v1/me/player/devices", devices),
    web.get("/spotify/v1/me/player/queue", queue),
    web.post("/spotify/v1/me/player/queue", add),
    web.post("/spotify/v1/me/player/next", next),
    web.post("/spotify/v1/me/player/previous", previous),
    web.put("/spotify/v1/me/player/play", play),
    web.put("/spotify/v1/me/player/pause", pause),
    web.put("/spotify/v1/me/player/seek", seek),
]


def _payloads(request: web.Request) -> Payloads:
    return Payloads(str(request.url.origin()))


def _wants_episodes(request: web.Request) -> bool:
    return "episode" in request.query.get("additional_types", "").split(",")


def _check_device(request: web.Request) -> None:
    if request.query.get("device_id", DEVICE_ID) != DEVICE_ID:
        raise ApiError(404, "Device not found")


def _number(text: str, low: int, high: int, wrong: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
        raise ApiError(400, wrong)
    return int(text)


def _matches(track: Track, asked: str) -> bool:
    text = " ".join([track.title, *track.artists, track.album]).casefold()
    return all(word in text for word in asked.casefold().split())


def _done() -> web.Response:
    # Documented as an empty 204; what really comes is a bare word that is not JSON.
    return web.Response(text=secrets.token_urlsafe(16))
