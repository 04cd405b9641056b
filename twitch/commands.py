"""The chat commands that come with Twitch's part."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from sagas.flow import Refused
from twitch import texts
from twitch.models.command import NAME
from twitch.registry import Invocation, Permission, command
from twitch.rules.commands import duration
from twitch.services import chat, streams
from twitch.services.commands import editing, listing


@command("commands", help="Which commands there are for you.")
def commands(call: Invocation) -> str:
    """Name them, the ones for everyone first."""
    tiers = [
        f"For {rank.label}: " + " ".join(f"!{row.name}" for row in rows)
        for rank, rows in listing.by_permission(call.permission)
    ]
    return chat.render(texts.COMMANDS, commands=" · ".join(tiers))


@command("time", help="What time it is where the streamer is.")
def time(call: Invocation) -> str:
    """Say the time in the channel's zone."""
    now = timezone.now().astimezone(ZoneInfo(settings.CHANNEL_TIME_ZONE))
    return chat.render(
        texts.TIME, time=f"{now:%H:%M}", zone=settings.CHANNEL_TIME_ZONE.replace("_", " ")
    )


@command("uptime", help="For how long the stream has been live.")
def uptime(call: Invocation) -> str:
    """Say how old this stream is."""
    session = streams.current()
    if session is None:
        return chat.render(texts.NOT_LIVE)
    return chat.render(texts.UPTIME, duration=duration(timezone.now() - session.started_at))


@command(
    "update",
    help="Change what a command says.",
    usage="<command> <value>",
    permission=Permission.VIP,
)
def update(call: Invocation) -> str:
    """Set the value of a command, for those who may."""
    word, _, value = call.argument.removeprefix("!").partition(" ")
    if not value or not re.fullmatch(NAME, word.lower()):
        raise Refused("usage", chat.render(texts.UPDATE_USAGE, command=call.name))
    changed = editing.write_value(word.lower(), value, call.permission)
    return chat.render(texts.UPDATED, command=changed.name)
