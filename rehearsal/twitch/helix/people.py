"""Users, streams, channels, categories, and who stands out: subscribers, VIPs, moderators."""

from __future__ import annotations

from aiohttp import web

from rehearsal.twitch import payloads
from rehearsal.twitch.cast import CATEGORIES
from rehearsal.twitch.channel import category_id
from rehearsal.twitch.helix import query
from rehearsal.twitch.helix.errors import HelixError
from rehearsal.twitch.helix.guard import CALLER, person
from rehearsal.twitch.records import Stream
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
    return web.json_response(
        {
            "data": [
                payloads.user(
                    account,
                    email=account.id == caller.user_id and "user:read:email" in caller.scopes,
                )
                for account in twitch.state.accounts
                if account.id in ids or account.login in names
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
    live = [
        stream
        for stream in twitch.state.streams
        if (not ids and not logins)
        or stream.user_id in ids
        or twitch.channel.person(stream.user_id).login in logins
    ]
    if games:
        live = [stream for stream in live if _game(twitch, stream) in games]
    if live and twitch.faults.take("stream_unlisted", request.path, request.method):
        live = []
    shown, pagination = query.page(request, live, lambda stream: int(stream.user_id))
    data = [_stream(twitch, stream) for stream in shown]
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
    known = dict(CATEGORIES)
    for channel in request.app[TWITCH].state.channels:
        if channel.game_id:
            known.setdefault(channel.game_id, channel.game_name)
    wanted = {*ids, *(category_id(name) for name in names)}
    data = [
        {
            "id": id,
            "name": name,
            "box_art_url": f"https://static-cdn.jtvnw.net/ttv-boxart/{id}-{{width}}x{{height}}.jpg",
            "igdb_id": "",
        }
        for id, name in known.items()
        if id in wanted
    ]
    return web.json_response({"data": data})


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
    web.get("/twitch/helix/subscriptions", subscribers),
    web.get("/twitch/helix/channels/vips", vips),
    web.get("/twitch/helix/moderation/moderators", moderators),
]


def _game(twitch: Twitch, stream: Stream) -> str:
    return twitch.channel.channel(twitch.channel.person(stream.user_id)).game_id


def _stream(twitch: Twitch, stream: Stream) -> payloads.JSON:
    owner = twitch.channel.person(stream.user_id)
    return payloads.stream(stream, owner, twitch.channel.channel(owner))
