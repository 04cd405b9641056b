"""What stands before every API endpoint: the wall, the limits and the faults."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from rehearsal.discord import errors
from rehearsal.discord.errors import ApiError, OAuthError, limited, walled
from rehearsal.discord.limits import Charge
from rehearsal.discord.stage import DISCORD, Discord
from rehearsal.faults import hang_up

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_CLIENT = re.compile(r"DiscordBot \(https?://[^,]+, [0-9A-Za-z][^)]*\)")
_INVALID = (401, 403, 429)


class Limited(Exception):
    """The call is one too many."""

    def __init__(self, charge: Charge) -> None:
        super().__init__(charge.retry_after)
        self.charge = charge

    def answer(self) -> web.Response:
        """The refusal as an HTTP answer."""
        charge = self.charge
        scope = "global" if charge.is_global else "user"
        return limited(charge.retry_after, is_global=charge.is_global, scope=scope)


async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a call, or refuse it in Discord's words."""
    discord = request.app[DISCORD]
    answer = await _behave(request, handler, discord)
    # Who collects ten thousand of these within ten minutes is shut out by the real one.
    is_shared = answer.headers.get("X-RateLimit-Scope") == "shared"
    if answer.status in _INVALID and not is_shared:
        discord.invalid_calls += 1
        discord.changed()
    return answer


async def _behave(request: web.Request, handler: Handler, discord: Discord) -> web.StreamResponse:
    """Answer as the faults that are on have it."""
    path, method, take = request.path, request.method, discord.faults.take
    if slow := take("discord_slow", path, method):
        await asyncio.sleep(slow.ms / 1000)
    if discord.meter.limits.delay_ms:
        await asyncio.sleep(discord.meter.limits.delay_ms / 1000)
    if walls := take("discord_wall", path, method):
        return walled(walls.retry_after)
    if later := take("discord_429", path, method):
        return limited(later.retry_after)
    if later := take("discord_429_all", path, method):
        return limited(later.retry_after, is_global=True, scope="global")
    if take("discord_500", path, method):
        return ApiError(errors.BROKEN).answer()
    answer = await _answer(request, handler, discord)
    if method != "GET" and take("discord_502_after", path, method):
        return web.Response(status=502, text="<html>502 Bad Gateway</html>")
    if method != "GET" and take("discord_hang_up", path, method):
        return hang_up(request)
    if answer.status < 300 and take("discord_text", path, method):
        return web.Response(text="upstream says: OK")
    return answer


async def _answer(request: web.Request, handler: Handler, discord: Discord) -> web.StreamResponse:
    headers: dict[str, str] = {}
    try:
        if "webhook_id" in request.match_info:
            charge = _charge(request, discord)
            headers = charge.headers
            if not charge.allowed:
                raise Limited(charge)
            _strike(request, discord)
        answer = await handler(request)
    except (ApiError, OAuthError, Limited) as error:
        answer = error.answer()
    except web.HTTPNotFound:
        answer = ApiError(errors.NOT_FOUND).answer()
    except web.HTTPMethodNotAllowed:
        answer = ApiError(errors.NOT_ALLOWED).answer()
    answer.headers.update(headers)
    return answer


def _charge(request: web.Request, discord: Discord) -> Charge:
    """Count the call, of a client that says what it is."""
    if not _CLIENT.match(request.headers.get("User-Agent", "")):
        raise ApiError(errors.BLOCKED)
    id = request.match_info["webhook_id"]
    webhook = discord.state.webhooks.get(id)
    return discord.meter.charge(id, webhook.channel_id if webhook else "", request.method)


def _strike(request: web.Request, discord: Discord) -> None:
    """Refuse the call as the faults that are on have it."""
    path, method, take = request.path, request.method, discord.faults.take
    if take("discord_gone", path, method):
        raise ApiError(errors.UNKNOWN_WEBHOOK)
    if take("discord_token", path, method):
        raise ApiError(errors.INVALID_TOKEN)
    if "message_id" in request.match_info and take("discord_no_message", path, method):
        raise ApiError(errors.UNKNOWN_MESSAGE)
