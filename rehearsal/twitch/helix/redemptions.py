"""Listing and resolving the redemptions of a client's own rewards."""

from __future__ import annotations

from aiohttp import web

from rehearsal.twitch import payloads
from rehearsal.twitch.helix import query
from rehearsal.twitch.helix.errors import HelixError
from rehearsal.twitch.helix.guard import CALLER
from rehearsal.twitch.helix.rewards import managed
from rehearsal.twitch.records import Redemption, Reward
from rehearsal.twitch.stage import TWITCH, Twitch

MOST = 50
_STATUSES = ("UNFULFILLED", "FULFILLED", "CANCELED")


async def list_(request: web.Request) -> web.Response:
    """``GET redemptions``: by id, or a page of those in one status."""
    twitch = request.app[TWITCH]
    reward = managed(
        request,
        query.required(request, "reward_id"),
        "channel:read:redemptions",
        "channel:manage:redemptions",
    )
    ids = query.many(request, "id", most=MOST)[0]
    if ids:
        return web.json_response(
            {"data": [_shown(twitch, it) for it in _named(twitch, reward, ids)], "pagination": {}}
        )
    status = query.required(request, "status")
    if status not in _STATUSES:
        raise HelixError(400, 'The value in "status" is not valid')
    sort = request.query.get("sort", "OLDEST")
    if sort not in ("OLDEST", "NEWEST"):
        raise HelixError(400, 'The value in "sort" is not valid')
    shown, pagination = query.page(
        request,
        [it for it in _of(twitch, reward) if it.status == status],
        lambda it: it.number,
        most=MOST,
        newest_first=sort == "NEWEST",
    )
    return web.json_response(
        {"data": [_shown(twitch, it) for it in shown], "pagination": pagination}
    )


async def resolve(request: web.Request) -> web.Response:
    """``PATCH redemptions``: fulfil or cancel those that are still open."""
    twitch, caller = request.app[TWITCH], request[CALLER]
    reward_id = query.required(request, "reward_id")
    query.required(request, "id")
    reward = managed(request, reward_id, "channel:manage:redemptions")
    ids = query.many(request, "id", most=MOST)[0]
    status = (await query.body(request)).get("status")
    if status not in ("FULFILLED", "CANCELED"):
        raise HelixError(400, 'The value in "status" must be FULFILLED or CANCELED')
    still_open = [it for it in _named(twitch, reward, ids) if it.status == "UNFULFILLED"]
    if not still_open:
        raise HelixError(404, "The redemptions were not found or are not UNFULFILLED")
    for redemption in still_open:
        twitch.points.resolve(redemption, status, caller.client_id)
    return web.json_response({"data": [_shown(twitch, it) for it in still_open]})


ROUTES = [
    web.get("/twitch/helix/channel_points/custom_rewards/redemptions", list_),
    web.patch("/twitch/helix/channel_points/custom_rewards/redemptions", resolve),
]


def _of(twitch: Twitch, reward: Reward) -> list[Redemption]:
    return [it for it in twitch.state.redemptions if it.reward_id == reward.id]


def _named(twitch: Twitch, reward: Reward, ids: list[str]) -> list[Redemption]:
    found = [twitch.state.redemptions.get(id) for id in dict.fromkeys(ids)]
    ours = [it for it in found if it and it.reward_id == reward.id]
    if not ours:
        raise HelixError(404, "None of the redemptions was found")
    return ours


def _shown(twitch: Twitch, it: Redemption) -> payloads.JSON:
    person = twitch.channel.person
    return payloads.redemption(it, person(it.broadcaster_id), person(it.user_id))
