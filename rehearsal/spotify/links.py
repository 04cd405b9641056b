"""Short links: what spotify.link does with a code, for good and for bad."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from rehearsal.spotify.catalogue import PLAYLIST_ID, TRACKS, spotify_id

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

BY_CODE = {track.code: track for track in TRACKS}

_TRACK = f"{TRACKS[0].url}?si=0123456789abcdef"
_OPEN = "https://open.spotify.com"

# Where the codes that are not a track's lead; a bare word is another code.
SPECIAL = {
    "hop1": _TRACK,
    "hop2": "hop1",
    "hop3": "hop2",
    "hop4": "hop3",
    "loop": "loop",
    "elsewhere": "https://open.spotify.com.example/track/" + TRACKS[0].id,
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "file": "file:///etc/passwd",
    "album": f"{_OPEN}/album/{spotify_id('album', TRACKS[0].album)}",
    "playlist": f"{_OPEN}/playlist/{PLAYLIST_ID}",
    "episode": f"{_OPEN}/episode/{spotify_id('episode', 'any')}",
}


async def follow(request: web.Request) -> web.Response:
    """``GET /spotify/link/{code}``: a redirect, or 404 when the link is dead."""
    code = request.match_info["code"]
    track = BY_CODE.get(code)
    target = f"{track.url}?si={code}" if track else SPECIAL.get(code)
    if target is None:
        return web.Response(status=404, text="This link is dead.")
    if target in SPECIAL:
        target = str(request.url.with_path(f"/spotify/link/{target}").with_query(None))
    return web.Response(status=307, headers={"Location": target})


async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Follow a link; it needs nobody signed in."""
    return await handler(request)


ROUTES = [web.get("/spotify/link/{code}", follow)]
