"""The one HTTP server: who may call it, what it logs, and where each service is mounted."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from rehearsal import clock, control
from rehearsal.control import EFFECTS, FAULTS, FEED, RESET, BadWish
from rehearsal.discord import api as discord_api
from rehearsal.discord import control as discord_control
from rehearsal.discord import guard as discord_guard
from rehearsal.discord import oauth as discord_oauth
from rehearsal.discord.errors import REFUSALS as DISCORD_REFUSALS
from rehearsal.discord.stage import DISCORD, Discord
from rehearsal.discord.state import State as DiscordState
from rehearsal.effects import Effects
from rehearsal.faults import BadFault, Faults, HungUp, Refusals, misbehave
from rehearsal.feed import Feed
from rehearsal.settings import Settings, hostname
from rehearsal.spotify import api as spotify_api
from rehearsal.spotify import control as spotify_control
from rehearsal.spotify import covers as spotify_covers
from rehearsal.spotify import guard as spotify_guard
from rehearsal.spotify import links as spotify_links
from rehearsal.spotify import oauth as spotify_oauth
from rehearsal.spotify.errors import ACCOUNTS_REFUSALS, API_REFUSALS
from rehearsal.spotify.stage import SPOTIFY, Spotify
from rehearsal.spotify.state import State as SpotifyState
from rehearsal.store import Store
from rehearsal.twitch import control as twitch_control
from rehearsal.twitch import crowd_control, helix, oauth
from rehearsal.twitch.helix.chat import RECENT, Recent
from rehearsal.twitch.helix.errors import REFUSALS as TWITCH_REFUSALS
from rehearsal.twitch.helix.guard import BUCKETS, Buckets, guard
from rehearsal.twitch.stage import TWITCH, Twitch
from rehearsal.twitch.state import State as TwitchState

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# Answers a call by its handler, and turns the service's own errors into its own words.
Service = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]

SETTINGS = web.AppKey("settings", Settings)
CONSOLE = Path(__file__).parent / "console"
_SAFE = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def build(settings: Settings) -> web.Application:
    """The whole rehearsal as one aiohttp application."""
    store = Store(settings.home / "rehearsal.sqlite3")
    feed = Feed()
    faults = Faults(lambda: feed.touch("faults"))
    effects = Effects(store)
    twitch = Twitch(settings, TwitchState(store, effects), feed, faults)
    spotify = Spotify(settings, SpotifyState(store, effects), feed, faults)
    discord = Discord(settings, DiscordState(store, effects), feed, faults)
    app = web.Application(middlewares=[_log, _only_from_here, _translate], client_max_size=2**20)
    app[SETTINGS], app[FEED], app[FAULTS], app[EFFECTS] = settings, feed, faults, effects
    app[TWITCH], app[SPOTIFY], app[DISCORD] = twitch, spotify, discord
    app[BUCKETS], app[RECENT] = Buckets(settings.points_per_minute), Recent()

    def reset() -> None:
        twitch.eventsub.forget()
        effects.clear()
        twitch.state.reset()
        spotify.reset()
        discord.reset()
        app[BUCKETS].clear()
        app[RECENT].clear()
        feed.touch_all()

    app[RESET] = reset
    feed.topic("faults", faults.snapshot)
    twitch_control.show(twitch, feed)
    crowd_control.show(twitch, feed)
    spotify_control.show(spotify, feed)
    discord_control.show(discord, feed)
    app.add_routes([*control.ROUTES, *twitch_control.ROUTES, *crowd_control.ROUTES])
    app.add_routes([*oauth.ROUTES, *helix.ROUTES])
    app.add_routes([*spotify_control.ROUTES, *spotify_oauth.ROUTES, *spotify_api.ROUTES])
    app.add_routes([*spotify_links.ROUTES, *spotify_covers.ROUTES])
    app.add_routes([*discord_control.ROUTES, *discord_oauth.ROUTES, *discord_api.ROUTES])
    app.router.add_get("/twitch/ws", twitch.eventsub.sockets.connect)
    app.router.add_get("/", _console)
    app.router.add_static("/console", CONSOLE)
    app.on_startup.append(_open)
    app.on_shutdown.append(_close)
    return app


async def _open(app: web.Application) -> None:
    app[SPOTIFY].watch()


async def _close(app: web.Application) -> None:
    app[FEED].close()
    app[SPOTIFY].stop()
    await app[TWITCH].eventsub.close()


async def _console(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(CONSOLE / "index.html", headers=_SAFE)


@web.middleware
async def _log(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Note what the product calls (not what the console does)."""
    if request.path.startswith(("/control", "/console", "/spotify/covers")) or request.path == "/":
        return await handler(request)
    started, at, status = time.perf_counter(), clock.seconds(), 0
    try:
        answer = await handler(request)
        status = 0 if isinstance(answer, HungUp) else answer.status
        return answer
    except web.HTTPException as error:
        status = error.status
        raise
    finally:
        ms = (time.perf_counter() - started) * 1000
        request.app[FEED].record(at, request.method, request.path, (status, ms))


@web.middleware
async def _only_from_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a foreign Host (DNS rebinding), and other sites' pages: those may see covers only."""
    host = request.headers.get("Host", "")
    if not request.app[SETTINGS].is_ours(hostname(f"//{host}")):
        return web.json_response({"detail": "This host name is not served here."}, status=403)
    origin = request.headers.get("Origin")
    is_foreign = origin is not None and origin.partition("://")[2] != host
    if is_foreign and not request.path.startswith(COVERS):
        return web.json_response({"detail": "Only our own pages may call this."}, status=403)
    return await handler(request)


WEB_API = "/spotify/v1"
# Pictures that any page may look at, as the overlay does.
COVERS = "/spotify/covers/"
_CONTROLS = (twitch_control, spotify_control, discord_control)
_SERVICES: tuple[tuple[str, Refusals, Service], ...] = (
    ("/twitch/helix", TWITCH_REFUSALS, guard),
    ("/twitch/oauth2", TWITCH_REFUSALS, oauth.answer),
    (WEB_API, API_REFUSALS, spotify_guard.guard),
    ("/spotify/accounts", ACCOUNTS_REFUSALS, spotify_oauth.answer),
    ("/spotify/link", API_REFUSALS, spotify_links.answer),
    (discord_api.API, DISCORD_REFUSALS, discord_guard.guard),
)
# Pages for a person, not calls: faults would only get in the way of signing in.
_PAGES: dict[str, Service] = {
    "/twitch/oauth2/authorize": oauth.answer,
    "/spotify/accounts/authorize": spotify_oauth.answer,
    discord_oauth.AUTHORIZE: discord_oauth.page,
}


@web.middleware
async def _translate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give each service's errors their own shape, and its calls their faults."""
    if request.path.startswith("/control"):
        return await _control_answer(request, handler)
    page = _PAGES.get(request.path)
    if page is not None:
        return await page(request, handler)
    if request.path.startswith(WEB_API):
        spotify_guard.count(request)
    mounted = next((it for it in _SERVICES if request.path.startswith(it[0])), None)
    if mounted is None:
        return await handler(request)
    _, refusals, service = mounted
    return await misbehave(
        request.app[FAULTS], refusals, request, lambda request: service(request, handler)
    )


async def _control_answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except (BadWish, BadFault) as error:
        return web.json_response({"detail": str(error)}, status=400)
    except Exception as error:
        known = next(filter(None, (it.refusal(error) for it in _CONTROLS)), None)
        if known is None:
            raise
        status, detail = known
        return web.json_response({"detail": detail}, status=status)
