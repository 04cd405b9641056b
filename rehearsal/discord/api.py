"""The API endpoints: the account, a webhook, and the posts that it makes."""

from __future__ import annotations

import json
import secrets
from typing import Any

from aiohttp import web

from rehearsal import clock
from rehearsal.discord import errors, payloads, posts, world
from rehearsal.discord.errors import ApiError
from rehearsal.discord.forms import boolean, model, read, snowflake
from rehearsal.discord.records import DiscordMessage, DiscordWebhook
from rehearsal.discord.stage import DISCORD, Discord

API = "/discord/api/v10"
_WEBHOOK = f"{API}/webhooks/{{webhook_id}}/{{token}}"
_MESSAGE = f"{_WEBHOOK}/messages/{{message_id}}"
_QUERY = model({"wait": boolean, "thread_id": snowflake, "with_components": boolean})


async def me(request: web.Request) -> web.Response:
    """``GET /users/@me``: needs the scope ``identify``."""
    kind, _, access = request.headers.get("Authorization", "").partition(" ")
    token = request.app[DISCORD].signins.use(access) if kind.lower() == "bearer" else None
    if token is None or "identify" not in token.scopes:
        raise ApiError(errors.UNAUTHORIZED)
    return web.json_response(payloads.person(world.PEOPLE[token.user_id]))


async def look(request: web.Request) -> web.Response:
    """``GET`` a webhook by its token."""
    return web.json_response(payloads.webhook(webhook_of(request)))


async def remove(request: web.Request) -> web.Response:
    """``DELETE`` a webhook by its token."""
    request.app[DISCORD].delete_webhook(webhook_of(request))
    return web.Response(status=204)


async def execute(request: web.Request) -> web.Response:
    """``POST``: with ``?wait=true`` the message is answered, otherwise nothing."""
    discord, webhook = request.app[DISCORD], webhook_of(request)
    query: dict[str, Any] = read(_QUERY, dict(request.query))
    wish = posts.post(await _body(request))
    place = _place(discord, webhook, query.get("thread_id", ""), wish.get("thread_name", ""))
    message = DiscordMessage(
        id=discord.state.snowflake(),
        channel_id=place,
        webhook_id=webhook.id,
        webhook_name=wish.get("username", webhook.name),
        content="",
        at=clock.microseconds(),
        tts=wish.get("tts", False),
    )
    _write(message, wish)
    discord.state.messages.save(message)
    discord.state.effect(
        "discord_posted", message.id, webhook=webhook.id, channel=place, pings=message.pings
    )
    discord.changed()
    if not query.get("wait", False):
        return web.Response(status=204)
    return web.json_response(payloads.message(message))


async def read_message(request: web.Request) -> web.Response:
    """``GET`` a post."""
    return web.json_response(payloads.message(_message(request)))


async def edit(request: web.Request) -> web.Response:
    """``PATCH`` a post: what is not named stays, and nobody is pinged again."""
    discord, message = request.app[DISCORD], _message(request)
    wish = posts.change(await _body(request))
    after = {"content": message.content, "embeds": message.embeds, **wish}
    if not after["content"] and not after["embeds"]:
        raise ApiError(errors.EMPTY_MESSAGE)
    _write(message, wish)
    message.edited_at = clock.microseconds()
    discord.state.messages.save(message)
    discord.state.effect("discord_edited", message.id, webhook=message.webhook_id)
    discord.changed()
    return web.json_response(payloads.message(message))


async def delete(request: web.Request) -> web.Response:
    """``DELETE`` a post."""
    discord, message = request.app[DISCORD], _message(request)
    discord.state.messages.remove(message)
    discord.state.effect("discord_deleted", message.id, webhook=message.webhook_id)
    discord.changed()
    return web.Response(status=204)


def webhook_of(request: web.Request) -> DiscordWebhook:
    """The webhook that is called by its id and token."""
    id = read(model({"webhook_id": snowflake}), dict(request.match_info))["webhook_id"]
    webhook = request.app[DISCORD].state.webhooks.get(id)
    if webhook is None:
        raise ApiError(errors.UNKNOWN_WEBHOOK)
    if not secrets.compare_digest(webhook.token.encode(), request.match_info["token"].encode()):
        raise ApiError(errors.INVALID_TOKEN)
    return webhook


ROUTES = [
    web.get(f"{API}/users/@me", me),
    web.get(_WEBHOOK, look),
    web.post(_WEBHOOK, execute),
    web.delete(_WEBHOOK, remove),
    web.get(_MESSAGE, read_message),
    web.patch(_MESSAGE, edit),
    web.delete(_MESSAGE, delete),
]


async def _body(request: web.Request) -> Any:
    if request.content_type != "application/json":
        expected = "'application/json'"
        message = f'Expected "Content-Type" header to be one of {{{expected}}}.'
        raise ApiError.invalid({"_errors": [{"code": "CONTENT_TYPE_INVALID", "message": message}]})
    try:
        return json.loads(await request.read())
    except (ValueError, RecursionError):
        raise ApiError(errors.INVALID_JSON) from None


def _place(discord: Discord, webhook: DiscordWebhook, thread_id: str, thread_name: str) -> str:
    """The id of the channel or thread that a post goes to; a forum makes one for a name."""
    is_forum = discord.state.is_forum(webhook)
    if thread_name and not is_forum:
        raise ApiError(errors.ONLY_FORUMS_MAKE_THREADS)
    if is_forum and not (thread_id or thread_name):
        raise ApiError(errors.FORUM_NEEDS_THREAD)
    if thread_id and thread_name:
        raise ApiError(errors.FORUM_HAS_BOTH)
    if thread_name:
        return discord.make_thread(webhook.channel_id, thread_name).id
    place = discord.state.place(webhook, thread_id)
    if place is None:
        raise ApiError(errors.UNKNOWN_CHANNEL)
    return place


def _message(request: web.Request) -> DiscordMessage:
    """The webhook's own post; one in a thread is found only there."""
    discord, webhook = request.app[DISCORD], webhook_of(request)
    query: dict[str, Any] = read(_QUERY, dict(request.query))
    id = read(model({"message_id": snowflake}), dict(request.match_info))["message_id"]
    message = discord.state.messages.get(id)
    place = discord.state.place(webhook, query.get("thread_id", ""))
    if place is None:
        raise ApiError(errors.UNKNOWN_CHANNEL)
    if message is None or message.webhook_id != webhook.id or message.channel_id != place:
        raise ApiError(errors.UNKNOWN_MESSAGE)
    return message


def _write(message: DiscordMessage, wish: dict[str, Any]) -> None:
    """Put into a post what is wished, and note whom its content pings."""
    message.content = wish.get("content", message.content)
    message.embeds = wish.get("embeds", message.embeds)
    message.flags = wish.get("flags", message.flags)
    if "content" not in wish:
        return
    message.pings = posts.pings(message.content, wish.get("allowed_mentions"))
    message.mention_everyone = not {"everyone", "here"}.isdisjoint(message.pings)
    message.mention_roles = [id for id in message.pings if f"<@&{id}>" in message.content]
