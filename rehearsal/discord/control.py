"""Other people's hands on Discord, its limits, and what the console shows of the channels."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aiohttp import web

from rehearsal.control import BadWish, number, read, text
from rehearsal.discord import payloads, world
from rehearsal.discord.errors import ApiError
from rehearsal.discord.records import DiscordMessage, DiscordWebhook
from rehearsal.discord.stage import DISCORD, Discord
from rehearsal.feed import Feed

SHOWN_MESSAGES = 40
SHOWN_WEBHOOKS = 20
LARGEST_CROWD = 20_000


async def look(request: web.Request) -> web.Response:
    """``GET /control/discord``: channels, roles, the newest webhooks and posts, the limits."""
    return web.json_response(_snapshot(request.app[DISCORD]))


async def limits(request: web.Request) -> web.Response:
    """``{webhook_calls, webhook_ms, channel_calls, …, delay_ms}``: 0 calls for no limit."""
    discord, wish = request.app[DISCORD], await read(request)
    known = asdict(discord.meter.limits)
    if unknown := set(wish) - set(known):
        raise BadWish(f"There is no limit {', '.join(sorted(unknown))}; known: {', '.join(known)}.")
    changes = {
        name: number(
            wish,
            name,
            known[name],
            low=int(name.endswith("_ms") and name != "delay_ms"),
            high=3_600_000,
        )
        for name in wish
    }
    discord.meter.set(**changes)
    discord.changed()
    return web.json_response(asdict(discord.meter.limits))


async def webhooks(request: web.Request) -> web.Response:
    """``{channel, name, count}``: somebody makes webhooks; without a channel, each in its own."""
    discord, wish = request.app[DISCORD], await read(request)
    count = number(wish, "count", 1, low=1, high=LARGEST_CROWD)
    name = text(wish, "name", "Captain Hook")
    channel = wish.get("channel")
    if channel is not None and channel not in world.CHANNELS:
        raise BadWish(f"channel must be one of {', '.join(world.CHANNELS)}.")
    with discord.state.store.transaction():
        made = [
            discord.webhook_in(channel or discord.state.snowflake(), name, None)
            for _ in range(count)
        ]
    discord.changed()
    return web.json_response({"webhooks": [payloads.webhook(it) for it in made]})


async def change_webhook(request: web.Request) -> web.Response:
    """``{do: delete|new_token}``: somebody deletes a webhook, or it gets another token."""
    discord, wish = request.app[DISCORD], await read(request)
    webhook = discord.state.webhooks.get(request.match_info["id"])
    if webhook is None:
        raise BadWish("There is no such webhook.")
    match text(wish, "do"):
        case "delete":
            discord.delete_webhook(webhook)
        case "new_token":
            discord.renew_webhook(webhook)
        case _:
            raise BadWish("do must be one of delete, new_token.")
    return web.json_response(payloads.webhook(webhook))


async def thread(request: web.Request) -> web.Response:
    """``{channel, name}``: somebody begins a thread, or a forum's post."""
    discord, wish = request.app[DISCORD], await read(request)
    channel = text(wish, "channel")
    if channel not in world.CHANNELS:
        raise BadWish(f"channel must be one of {', '.join(world.CHANNELS)}.")
    return web.json_response(asdict(discord.make_thread(channel, text(wish, "name", "A thread"))))


async def delete_message(request: web.Request) -> web.Response:
    """A moderator deletes a post."""
    discord = request.app[DISCORD]
    message = discord.state.messages.get(request.match_info["id"])
    if message is None:
        raise BadWish("There is no such post.")
    discord.state.messages.remove(message)
    discord.state.effect("discord_moderated", message.id)
    discord.changed()
    return web.json_response({})


ROUTES = [
    web.get("/control/discord", look),
    web.post("/control/discord/limits", limits),
    web.post("/control/discord/webhooks", webhooks),
    web.post("/control/discord/webhooks/{id}", change_webhook),
    web.post("/control/discord/threads", thread),
    web.delete("/control/discord/messages/{id}", delete_message),
]


def show(discord: Discord, feed: Feed) -> None:
    """Put Discord's topic on the console."""
    feed.topic("discord", lambda: _snapshot(discord))


def refusal(error: Exception) -> tuple[int, str] | None:
    """The status and sentence for an error that Discord's verbs raise."""
    return (409, error.message) if isinstance(error, ApiError) else None


def _snapshot(discord: Discord) -> dict[str, Any]:
    state = discord.state
    newest = state.webhooks.last(SHOWN_WEBHOOKS)
    return {
        "channels": [
            {**asdict(it), "guild": world.GUILDS[it.guild_id].name}
            for it in world.CHANNELS.values()
        ],
        "threads": [asdict(it) for it in state.threads.last(SHOWN_WEBHOOKS)],
        "roles": world.ROLES,
        "webhooks": [_webhook(discord, it) for it in newest],
        "webhooks_total": len(state.webhooks),
        "messages": [_message(discord, it) for it in state.messages.last(SHOWN_MESSAGES)],
        "messages_total": len(state.messages),
        "limits": asdict(discord.meter.limits),
        "invalid_calls": discord.invalid_calls,
    }


def _webhook(discord: Discord, it: DiscordWebhook) -> dict[str, Any]:
    channel = discord.state.channel(it.channel_id).name
    return {"id": it.id, "name": it.name, "channel": channel, "url": it.url}


def _message(discord: Discord, it: DiscordMessage) -> dict[str, Any]:
    thread = discord.state.threads.get(it.channel_id)
    channel = discord.state.channel(thread.channel_id if thread else it.channel_id)
    place = f"{channel.name} › {thread.name}" if thread else channel.name
    return {**asdict(it), "place": place, "channel": channel.id}
