"""Users, streams, channels, categories, and who stands out: subscribers, VIPs, moderators."""

from __future__ import annotations

from collections.abc import Iterator

from aiohttp import web

from rehearsal.twitch import payloads
from rehearsal.twitch.cast import CATEGORIES
from rehearsal.twitch.channel import category_id
from rehearsal.twitch.helix import query
from rehearsal.twitch.helix.errors import HelixError
from rehearsal.twitch.helix.guard import CALLER, person
from rehearsal.twitch.records import Account, Channel, Stream
from rehearsal.twitch.stage import TWITCH, Twitch


async def users(request: web.Request) -> web.Response:
    """``GET /users``: by id and login, or the token's own user."""
    twitch, caller = request.app[TWITCH], request[CALLER]
    ids, logins = query.many(request, "id", "login")
    if not ids and not logins:
        if caller.is_app:
            raise HelixError(400, "Must provide an ID, Login or OAuth Token")
        ids = [caller.user_id]
    names = {login.lower() for login in logins}
    known = [it for it in twitch.state.accounts if it.id in ids or it.login in names]
    crowd = {it.id: it for it in map(twitch.crowd.person, (*ids, *names)) if it}
    return web.json_response(
        {
            "data": [
                payloads.user(
                    account,
                    email=account.id == caller.user_id and "user:read:email" in caller.scopes,
                )
                for account in (*known, *crowd.values())
            ]
        }
    )


async def streams(request: web.Request) -> web.Response:
    """``GET /streams``: only those that are live, most watched first."""
    twitch = request.app[TWITCH]
    ids = query.many(request, "user_id")[0]
    logins = [login.lower() for login in query.many(request, "user_login")[0]]
    games = query.many(request, "game_id")[0]
    if request.query.get("type", "all") not in ("all", "live"):
        raise HelixError(400, 'The value in "type" is not valid')
    live = list(_live(twitch, {*ids, *logins}))
    if games:
        live = [airing for airing in live if airing[2].game_id in games]
    if live and twitch.faults.take("stream_unlisted", request.path, request.method):
        live = []
    shown, pagination = query.page(request, live, _rank, newest_first=True)
    data = [payloads.stream(*airing) for airing in shown]
    return web.json_response({"data": data, "pagination": pagination})


async def channels(request: web.Request) -> web.Response:
    """``GET /channels``: title and category, live or not."""
    twitch = request.app[TWITCH]
    query.required(request, "broadcaster_id")
    ids = query.many(request, "broadcaster_id")[0]
    owners = [person(twitch, id, "broadcaster_id") for id in ids]
    data = [payloads.channel(twitch.channel.channel(owner), owner) for owner in owners]
    return web.json_response({"data": data})


async def games(request: web.Request) -> web.Response:
    """``GET /games``: by id or exact name; unknown ones are left out."""
    ids, names = query.many(request, "id", "name")
    if not ids and not names:
        raise HelixError(400, "Must provide an ID or a name")
    wanted = {*ids, *(category_id(name) for name in names)}
    categories = _categories(request.app[TWITCH])
    data = [
        {**_category(id, name), "igdb_id": ""} for id, name in categories.items() if id in wanted
    ]
    return web.json_response({"data": data})


async def search_categories(request: web.Request) -> web.Response:
    """``GET /search/categories``: those whose name has every word of the query."""
    words = query.required(request, "query").lower().split()
    found = [
        (id, name)
        for id, name in _categories(request.app[TWITCH]).items()
        if all(word in name.lower() for word in words)
    ]
    shown, pagination = query.page(request, found, lambda category: int(category[0]))
    data = [_category(id, name) for id, name in shown]
    return web.json_response({"data": data, "pagination": pagination})


async def subscribers(request: web.Request) -> web.Response:
    """``GET /subscriptions``: the broadcaster's subscribers, all or those asked for."""
    twitch, caller = request.app[TWITCH], request[CALLER]
    caller.needs("channel:read:subscriptions")
    caller.is_user(query.required(request, "broadcaster_id"))
    ids = query.many(request, "user_id")[0]
    if ids and "after" in request.query:
        raise HelixError(400, 'The parameters "user_id" and "after" exclude each other')
    owner = twitch.channel.broadcaster
    everyone = [account for account in twitch.state.accounts if account.tier]
    if caller.user_id != owner.id:
        everyone = []
    wanted = [account for account in everyone if not ids or account.id in ids]
    shown, pagination = query.page(request, wanted, lambda account: int(account.id))
    return web.json_response(
        {
            "data": [payloads.subscriber(account, owner) for account in shown],
            "pagination": pagination,
            "total": len(everyone),
            "points": sum({"1000": 1, "2000": 2, "3000": 6}[it.tier] for it in everyone),
        }
    )


async def vips(request: web.Request) -> web.Response:
    """``GET /channels/vips``: the broadcaster's VIPs, all or those asked for."""
    return _with_role(request, "vip", "channel:read:vips")


async def moderators(request: web.Request) -> web.Response:
    """``GET /moderation/moderators``: the broadcaster's moderators, all or those asked for."""
    return _with_role(request, "moderator", "moderation:read")


def _with_role(request: web.Request, role: str, scope: str) -> web.Response:
    twitch, caller = request.app[TWITCH], request[CALLER]
    caller.needs(scope)
    caller.is_user(query.required(request, "broadcaster_id"))
    ids = query.many(request, "user_id")[0]
    wanted = [
        account
        for account in twitch.state.accounts
        if role in account.roles and (not ids or account.id in ids)
    ]
    if caller.user_id != twitch.channel.broadcaster.id:
        wanted = []
    shown, pagination = query.page(request, wanted, lambda account: int(account.id))
    data = [payloads.who(account) for account in shown]
    return web.json_response({"data": data, "pagination": pagination})


ROUTES = [
    web.get("/twitch/helix/users", users),
    web.get("/twitch/helix/streams", streams),
    web.get("/twitch/helix/channels", channels),
    web.get("/twitch/helix/games", games),
    web.get("/twitch/helix/search/categories", search_categories),
    web.get("/twitch/helix/subscriptions", subscribers),
    web.get("/twitch/helix/channels/vips", vips),
    web.get("/twitch/helix/moderation/moderators", moderators),
]


def _live(twitch: Twitch, people: set[str]) -> Iterator[tuple[Stream, Account, Channel]]:
    """What is on air, of everybody or of the people with these ids and logins."""
    for stream in twitch.state.streams:
        owner = twitch.channel.person(stream.user_id)
        if not people or owner.id in people or owner.login in people:
            yield stream, owner, twitch.channel.channel(owner)
    yield from twitch.crowd.streams(people or None)


def _rank(airing: tuple[Stream, Account, Channel]) -> int:
    """What orders the pages: who has the most viewers is first, then who came first to Twitch."""
    stream, owner, _ = airing
    return stream.viewers * 10**12 - int(owner.id)


def _categories(twitch: Twitch) -> dict[str, str]:
    """Names by id: those that everybody knows, and those that a channel has."""
    known = dict(CATEGORIES)
    for channel in twitch.state.channels:
        if channel.game_id:
            known.setdefault(channel.game_id, channel.game_name)
    return known


def _category(id: str, name: str) -> payloads.JSON:
    art = f"https://static-cdn.jtvnw.net/ttv-boxart/{id}-{{width}}x{{height}}.jpg"
    return {"id": id, "name": name, "box_art_url": art}
