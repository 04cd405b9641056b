"""The hand on Twitch's side of the stage: what viewers and moderators do, on demand."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from aiohttp import web

from rehearsal.control import BadWish, number, read, text
from rehearsal.feed import Feed
from rehearsal.twitch.cast import BROADCASTER_ID
from rehearsal.twitch.channel import NotPossible
from rehearsal.twitch.helix.chat import RECENT
from rehearsal.twitch.helix.errors import HelixError
from rehearsal.twitch.helix.guard import BUCKETS
from rehearsal.twitch.helix.rewards import shown, write
from rehearsal.twitch.records import Account, Reward
from rehearsal.twitch.scopes import KNOWN
from rehearsal.twitch.signins import USER_TOKEN_SECONDS
from rehearsal.twitch.stage import TWITCH, Twitch

DASHBOARD = "dashboard"
MOST_AT_ONCE = 1000


async def redeem(request: web.Request) -> web.Response:
    """``{reward, viewer, user_input, times}``: the ids made, and why there are not more."""
    twitch, wish = request.app[TWITCH], await read(request)
    reward = _reward(twitch, text(wish, "reward"))
    viewer = twitch.channel.person(text(wish, "viewer"))
    times = number(wish, "times", 1, low=1, high=MOST_AT_ONCE)
    made: list[str] = []
    answer: dict[str, Any] = {"redemptions": made}
    for _ in range(times):
        try:
            made.append(twitch.points.redeem(reward, viewer, str(wish.get("user_input", ""))).id)
        except NotPossible as why:
            if not made:
                raise
            answer["refused"] = str(why)
            break
    return web.json_response(answer)


async def resolve(request: web.Request) -> web.Response:
    """``{redemption, status}``: a moderator clicks on fulfil or cancel."""
    twitch, wish = request.app[TWITCH], await read(request)
    redemption = twitch.state.redemptions.get(text(wish, "redemption"))
    if redemption is None:
        raise NotPossible("There is no such redemption.")
    status = text(wish, "status").upper()
    if status not in ("FULFILLED", "CANCELED"):
        raise BadWish("status must be FULFILLED or CANCELED.")
    return web.json_response(asdict(twitch.points.resolve(redemption, status, DASHBOARD)))


async def chat(request: web.Request) -> web.Response:
    """``{viewer, text}``: someone says something."""
    twitch, wish = request.app[TWITCH], await read(request)
    message = text(wish, "text")
    if len(message) > 500:
        raise BadWish("text may have at most 500 characters.")
    viewer = twitch.channel.person(text(wish, "viewer"))
    return web.json_response({"message_id": twitch.channel.say(viewer, message).id})


async def limits(request: web.Request) -> web.Response:
    """``{chat_lines, points_per_minute}``: how strict Twitch is, until all is reset.

    The lines are those that a moderator or the broadcaster may say in half a minute.
    """
    recent, buckets, wish = request.app[RECENT], request.app[BUCKETS], await read(request)
    most = 1_000_000
    recent.trusted_lines = number(wish, "chat_lines", recent.trusted_lines, low=0, high=most)
    buckets.size = number(wish, "points_per_minute", buckets.size, low=1, high=most)
    return web.json_response(
        {"chat_lines": recent.trusted_lines, "points_per_minute": buckets.size}
    )


async def live(request: web.Request) -> web.Response:
    """``{on, again, viewers, title, category, login}``: start or end a stream, or change it.

    With ``again`` it comes back as the same stream, with its id and start, as after a short break.
    """
    twitch, wish = request.app[TWITCH], await read(request)
    owner = twitch.channel.person(text(wish, "login", BROADCASTER_ID))
    title, category = wish.get("title"), wish.get("category")
    twitch.channel.describe(
        owner,
        None if title is None else str(title)[:140],
        None if category is None else str(category)[:140],
    )
    on, is_live = wish.get("on"), twitch.state.streams.get(owner.id) is not None
    if on is True and not is_live:
        twitch.channel.go_live(owner, again=wish.get("again") is True)
    elif on is False and is_live:
        twitch.channel.go_offline(owner)
    stream = twitch.state.streams.get(owner.id)
    if stream and "viewers" in wish:
        twitch.channel.watched_by(stream, number(wish, "viewers", 0, low=0, high=1_000_000))
    return web.json_response({"stream": asdict(stream) if stream else None})


async def raid(request: web.Request) -> web.Response:
    """``{viewer, viewers}``: an account raids the broadcaster with so many viewers."""
    twitch, wish = request.app[TWITCH], await read(request)
    source = twitch.channel.person(text(wish, "viewer", "raider"))
    twitch.channel.raid(source, number(wish, "viewers", 42, low=1, high=1_000_000))
    return web.json_response({})


async def subscribe(request: web.Request) -> web.Response:
    """``{viewer, tier, is_gift, on}``: a subscription starts, or with ``on: false`` ends."""
    twitch, wish = request.app[TWITCH], await read(request)
    viewer = twitch.channel.person(text(wish, "viewer"))
    tier = text(wish, "tier", "1000")
    if tier not in ("1000", "2000", "3000"):
        raise BadWish("tier must be 1000, 2000 or 3000.")
    if wish.get("on") is False:
        twitch.channel.unsubscribe(viewer)
    else:
        twitch.channel.subscribe(viewer, tier, is_gift=wish.get("is_gift") is True)
    return web.json_response({})


async def cheer(request: web.Request) -> web.Response:
    """``{viewer, bits, text}``: bits, anonymously when no viewer is named."""
    twitch, wish = request.app[TWITCH], await read(request)
    bits = number(wish, "bits", 100, low=1, high=1_000_000)
    viewer = twitch.channel.person(text(wish, "viewer")) if wish.get("viewer") else None
    twitch.channel.cheer(viewer, bits, str(wish.get("text") or f"Cheer{bits}"))
    return web.json_response({})


async def tokens(request: web.Request) -> web.Response:
    """``{login, scopes, expires_in}``: a sign-in without the page, for tests."""
    twitch, wish = request.app[TWITCH], await read(request)
    account = twitch.channel.person(text(wish, "login"))
    scopes = wish.get("scopes", [])
    if not isinstance(scopes, list) or not KNOWN.issuperset(map(str, scopes)):
        raise BadWish("scopes must be a list of scopes that Twitch has.")
    grant, token = twitch.signins.sign_in(
        twitch.settings.client_id,
        account.id,
        [str(scope) for scope in scopes],
        number(wish, "expires_in", USER_TOKEN_SECONDS, low=0, high=10_000_000),
    )
    return web.json_response(
        {
            "access_token": token.access,
            "refresh_token": grant.refresh,
            "expires_in": grant.lifetime,
            "scope": grant.scopes,
            "token_type": "bearer",
            "user_id": account.id,
        }
    )


async def reward(request: web.Request) -> web.Response:
    """A reward made in the dashboard: Helix's own fields, but of another client."""
    twitch = request.app[TWITCH]
    return web.json_response(
        shown(twitch, write(twitch, BROADCASTER_ID, DASHBOARD, await read(request)))
    )


async def viewer(request: web.Request) -> web.Response:
    """``{login, display_name, points, roles}``: a new account, or a change to an old one."""
    twitch, wish = request.app[TWITCH], await read(request)
    login = text(wish, "login").lower()
    old = twitch.state.account(login)
    if old is None:
        highest = max(int(account.id) for account in twitch.state.accounts)
        old = Account(str(highest + 1), login, login.title(), "#E5E7EB")
    roles = wish.get("roles", old.roles)
    if not isinstance(roles, list):
        raise BadWish("roles must be a list.")
    account = replace(
        old,
        display_name=text(wish, "display_name", old.display_name),
        points=number(wish, "points", old.points, low=0, high=1_000_000_000),
        roles=[str(role) for role in roles],
    )
    return web.json_response(asdict(twitch.state.accounts.save(account)))


async def redemptions(request: web.Request) -> web.Response:
    """Every redemption, oldest first; ``?status=`` narrows."""
    status = request.query.get("status", "").upper()
    found = [
        asdict(it)
        for it in request.app[TWITCH].state.redemptions
        if not status or it.status == status
    ]
    return web.json_response({"redemptions": found})


async def messages(request: web.Request) -> web.Response:
    """Every chat line, oldest first."""
    twitch = request.app[TWITCH]
    return web.json_response({"chat": [_line(twitch, it) for it in twitch.state.chat]})


ROUTES = [
    web.post("/control/redeem", redeem),
    web.post("/control/resolve", resolve),
    web.post("/control/chat", chat),
    web.get("/control/chat", messages),
    web.post("/control/limits", limits),
    web.post("/control/live", live),
    web.post("/control/raid", raid),
    web.post("/control/subscribe", subscribe),
    web.post("/control/cheer", cheer),
    web.post("/control/tokens", tokens),
    web.post("/control/reward", reward),
    web.post("/control/viewer", viewer),
    web.get("/control/redemptions", redemptions),
]


def show(twitch: Twitch, feed: Feed) -> None:
    """Put Twitch's topics on the console."""
    state = twitch.state
    feed.topic("viewers", lambda: [asdict(account) for account in state.accounts])
    feed.topic("rewards", lambda: [_card(twitch, reward) for reward in state.rewards])
    feed.topic("redemptions", lambda: [_row(twitch, it) for it in state.redemptions.last(200)])
    feed.topic("chat", lambda: [_line(twitch, it) for it in reversed(state.chat.last(200))])
    feed.topic(
        "streams",
        lambda: [
            {**asdict(stream), **asdict(twitch.channel.channel(_owner(twitch, stream.user_id)))}
            for stream in state.streams
        ],
    )
    feed.topic("channel", lambda: asdict(twitch.channel.channel(twitch.channel.broadcaster)))
    feed.topic("sockets", twitch.eventsub.sockets.snapshot)
    feed.topic("subscriptions", twitch.eventsub.snapshot)


def refusal(error: Exception) -> tuple[int, str] | None:
    """The status and sentence for an error that Twitch's verbs raise."""
    if isinstance(error, NotPossible):
        return 409, str(error)
    return (error.status, error.message) if isinstance(error, HelixError) else None


def _owner(twitch: Twitch, user_id: str) -> Account:
    return twitch.channel.person(user_id)


def _reward(twitch: Twitch, name: str) -> Reward:
    found = twitch.state.rewards.get(name) or next(
        (reward for reward in twitch.state.rewards if reward.title == name), None
    )
    if found is None:
        raise NotPossible(f"There is no reward {name!r}.")
    return found


def _card(twitch: Twitch, reward: Reward) -> dict[str, Any]:
    return {**asdict(reward), "in_dashboard": reward.client_id == DASHBOARD}


def _row(twitch: Twitch, it: Any) -> dict[str, Any]:
    viewer = twitch.channel.person(it.user_id)
    return {**asdict(it), "viewer": viewer.login, "viewer_name": viewer.display_name}


def _line(twitch: Twitch, it: Any) -> dict[str, Any]:
    author = twitch.channel.person(it.user_id)
    return {
        **asdict(it),
        "viewer": author.login,
        "viewer_name": author.display_name,
        "color": author.color,
    }
