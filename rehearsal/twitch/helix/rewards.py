"""Custom channel-points rewards: only the client that made one may change it."""

from __future__ import annotations

import re
import uuid
from typing import Any

from aiohttp import web

from rehearsal.twitch import payloads
from rehearsal.twitch.helix import query
from rehearsal.twitch.helix.errors import HelixError
from rehearsal.twitch.helix.guard import CALLER
from rehearsal.twitch.records import Reward
from rehearsal.twitch.stage import TWITCH, Twitch

MOST_REWARDS = 50
LONGEST_TITLE = 45
LONGEST_PROMPT = 200
LONGEST_COOLDOWN = 604_800

_TEXTS = ("title", "prompt", "background_color")
_NUMBERS = ("cost", "max_per_stream", "max_per_user_per_stream", "global_cooldown_seconds")
_FLAGS = (
    "is_enabled",
    "is_user_input_required",
    "is_max_per_stream_enabled",
    "is_max_per_user_per_stream_enabled",
    "is_global_cooldown_enabled",
    "should_redemptions_skip_request_queue",
)
_LIMITS = {
    "is_max_per_stream_enabled": "max_per_stream",
    "is_max_per_user_per_stream_enabled": "max_per_user_per_stream",
    "is_global_cooldown_enabled": "global_cooldown_seconds",
}


async def list_(request: web.Request) -> web.Response:
    """``GET custom_rewards``: all of the channel's, those asked for, or only ours."""
    twitch, caller = request.app[TWITCH], request[CALLER]
    owner_id = _owner(request, "channel:read:redemptions", "channel:manage:redemptions")
    ids = query.many(request, "id", most=50)[0]
    ours = query.flag(request, "only_manageable_rewards")
    found = [
        reward
        for reward in twitch.state.rewards
        if reward.broadcaster_id == owner_id
        and (not ids or reward.id in ids)
        and (not ours or reward.client_id == caller.client_id)
    ]
    if ids and not found:
        raise HelixError(404, "None of the custom rewards was found")
    return web.json_response({"data": [shown(twitch, reward) for reward in found]})


async def create(request: web.Request) -> web.Response:
    """``POST custom_rewards``."""
    twitch, caller = request.app[TWITCH], request[CALLER]
    owner_id = _owner(request, "channel:manage:redemptions")
    reward = write(twitch, owner_id, caller.client_id, await query.body(request))
    return web.json_response({"data": [shown(twitch, reward)]})


async def update(request: web.Request) -> web.Response:
    """``PATCH custom_rewards``."""
    twitch = request.app[TWITCH]
    reward = _ours(request)
    fields = _fields(await query.body(request), (*_FLAGS, "is_paused"))
    if not fields:
        raise HelixError(400, "The request body changes nothing")
    changed = Reward(**{**vars(reward), **fields})
    _check(twitch, changed, fields)
    return web.json_response(
        {"data": [shown(twitch, twitch.points.save_reward(changed, "updated"))]}
    )


async def delete(request: web.Request) -> web.Response:
    """``DELETE custom_rewards``."""
    request.app[TWITCH].points.delete_reward(_ours(request))
    return web.Response(status=204)


ROUTES = [
    web.get("/twitch/helix/channel_points/custom_rewards", list_),
    web.post("/twitch/helix/channel_points/custom_rewards", create),
    web.patch("/twitch/helix/channel_points/custom_rewards", update),
    web.delete("/twitch/helix/channel_points/custom_rewards", delete),
]


def write(twitch: Twitch, owner_id: str, client_id: str, sent: dict[str, Any]) -> Reward:
    """A new reward of a client, once all of Twitch's rules are kept."""
    query.text(sent, "title")
    if "cost" not in sent:
        raise HelixError(400, 'Missing required parameter "cost"')
    fields = _fields(sent, _FLAGS)
    id = str(uuid.uuid4())
    reward = Reward(**{"id": id, "broadcaster_id": owner_id, "client_id": client_id, **fields})
    _check(twitch, reward, fields)
    there = [other for other in twitch.state.rewards if other.broadcaster_id == owner_id]
    if len(there) >= MOST_REWARDS:
        raise HelixError(400, "CREATE_CUSTOM_REWARD_TOO_MANY_REWARDS")
    return twitch.points.save_reward(reward, "created")


def shown(twitch: Twitch, reward: Reward) -> payloads.JSON:
    """A reward as Helix lists it."""
    owner = twitch.channel.person(reward.broadcaster_id)
    return payloads.reward(reward, owner, twitch.points.redeemed_this_stream(reward))


def managed(request: web.Request, reward_id: str, *scopes: str) -> Reward:
    """One of the caller's channel's rewards that the calling client made itself."""
    twitch, caller = request.app[TWITCH], request[CALLER]
    owner_id = _owner(request, *scopes)
    reward = twitch.state.rewards.get(reward_id)
    if reward is None or reward.broadcaster_id != owner_id:
        raise HelixError(404, "The custom reward was not found")
    if reward.client_id != caller.client_id:
        raise HelixError(
            403, "The ID in the Client-Id header must match the client ID that made the reward"
        )
    return reward


def _ours(request: web.Request) -> Reward:
    return managed(request, query.required(request, "id"), "channel:manage:redemptions")


def _owner(request: web.Request, *scopes: str) -> str:
    caller = request[CALLER]
    caller.needs(*scopes)
    owner_id = query.required(request, "broadcaster_id")
    caller.is_user(owner_id)
    if not request.app[TWITCH].channel.person(owner_id).broadcaster_type:
        raise HelixError(403, "The broadcaster is not a partner or affiliate")
    return owner_id


def _fields(sent: dict[str, Any], flags: tuple[str, ...]) -> dict[str, Any]:
    """The known fields that were sent, each of its right type."""
    fields = {}
    for name, kind in (
        *((name, str) for name in _TEXTS),
        *((name, int) for name in _NUMBERS),
        *((name, bool) for name in flags),
    ):
        value = sent.get(name)
        if value is None:
            continue
        if type(value) is not kind:
            raise HelixError(400, f'The value in "{name}" is not valid')
        fields[name] = value
    return fields


def _check(twitch: Twitch, reward: Reward, sent: dict[str, Any]) -> None:
    if not 1 <= len(reward.title.strip()) <= LONGEST_TITLE:
        raise HelixError(400, f"The title must have 1 to {LONGEST_TITLE} characters")
    if len(reward.prompt) > LONGEST_PROMPT:
        raise HelixError(400, f"The prompt may have at most {LONGEST_PROMPT} characters")
    if reward.cost < 1:
        raise HelixError(400, "The cost must be at least 1")
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", reward.background_color):
        raise HelixError(400, "The background color must be written as #9147FF")
    for flag, number in _LIMITS.items():
        if getattr(reward, flag) and getattr(reward, number) < 1:
            raise HelixError(400, f'The value in "{number}" must be at least 1')
        if number in sent and flag not in sent and not getattr(reward, flag):
            raise HelixError(400, f'"{number}" needs "{flag}"')
    if reward.global_cooldown_seconds > LONGEST_COOLDOWN:
        raise HelixError(400, f"The cooldown may have at most {LONGEST_COOLDOWN} seconds")
    for other in twitch.state.rewards:
        same_channel = other.broadcaster_id == reward.broadcaster_id
        if same_channel and other.id != reward.id and other.title == reward.title:
            raise HelixError(400, "CREATE_CUSTOM_REWARD_DUPLICATE_REWARD")
