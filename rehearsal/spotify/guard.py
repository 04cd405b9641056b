"""What stands before every Web API endpoint: the count, the token, scopes and faults."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from rehearsal.spotify.errors import ApiError
from rehearsal.spotify.people import LISTENERS, STREAMER, Listener
from rehearsal.spotify.stage import SPOTIFY, Spotify

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Caller:
    """Who calls: a listener through the app, or (no listener) the app itself."""

    listener: Listener | None
    scopes: frozenset[str]

    def needs(self, *scopes: str) -> Listener:
        """The listener, who must have granted all of the scopes."""
        if self.listener is None:
            raise ApiError(401, "Unauthorized.")
        if not self.scopes.issuperset(scopes):
            raise ApiError(403, "Insufficient client scope")
        return self.listener


CALLER = web.RequestKey("spotify_caller", Caller)


def count(request: web.Request) -> None:
    """Count a call of the Web API under its endpoint's path."""
    resource = request.match_info.route.resource
    path = resource.canonical if resource else request.path
    request.app[SPOTIFY].called(f"{request.method} {path.removeprefix('/spotify')}")


async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a Web API call, or refuse it in Spotify's words."""
    spotify = request.app[SPOTIFY]
    path, method = request.path, request.method
    spent = spotify.faults.take("spotify_quota", path, method)
    if spent:
        answer: web.StreamResponse = ApiError(
            429, "Daily quota exceeded", "QUOTA_EXCEEDED"
        ).answer()
        answer.headers["Retry-After"] = str(spent.retry_after)
        return answer
    try:
        request[CALLER] = _identify(request)
        answer = await handler(request)
    except ApiError as error:
        return error.answer()
    except web.HTTPNotFound:
        return ApiError(404, "Service not found").answer()
    except web.HTTPMethodNotAllowed:
        return ApiError(405, "Method not allowed").answer()
    if method != "GET" and spotify.faults.take("spotify_502_after", path, method):
        return ApiError(502, "Bad gateway.").answer()
    if spotify.faults.take("spotify_text", path, method):
        return web.Response(text="upstream says: OK", content_type="application/json")
    return answer


def commanded(request: web.Request) -> Spotify:
    """The Spotify whose player may be commanded by this call, or the reason why it may not."""
    spotify = request.app[SPOTIFY]
    listener = request[CALLER].needs("user-modify-playback-state")
    strikes = _striking(request)
    head = spotify.player.head
    if strikes("spotify_premium") or listener != STREAMER or not head.premium:
        raise ApiError(403, "Player command failed: Premium required", "PREMIUM_REQUIRED")
    if strikes("spotify_no_device") or not head.device_active:
        raise ApiError(404, "Player command failed: No active device found", "NO_ACTIVE_DEVICE")
    if strikes("spotify_restricted") or head.device_restricted:
        raise ApiError(403, "Player command failed: Restricted device", "UNKNOWN")
    return spotify


def has_device(request: web.Request, listener: Listener) -> bool:
    """Whether the listener has a device that is on."""
    strikes = _striking(request)
    head = request.app[SPOTIFY].player.head
    return listener == STREAMER and head.device_active and not strikes("spotify_no_device")


def _striking(request: web.Request) -> Callable[[str], bool]:
    faults = request.app[SPOTIFY].faults
    return lambda kind: faults.take(kind, request.path, request.method) is not None


def _identify(request: web.Request) -> Caller:
    kind, _, access = request.headers.get("Authorization", "").partition(" ")
    if not access:
        raise ApiError(401, "No token provided")
    if kind.lower() != "bearer":
        raise ApiError(400, "Only valid bearer authentication supported")
    token = request.app[SPOTIFY].signins.use(access)
    if token is None:
        raise ApiError(401, "Invalid access token")
    if token.seconds_left() <= 0:
        raise ApiError(401, "The access token expired")
    listener = LISTENERS.get(token.user_id)
    if listener and not listener.allowed:
        raise ApiError(403, "The user is not registered for this application.")
    return Caller(listener, frozenset(token.scopes))
