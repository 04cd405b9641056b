"""From a chat line to the record of a command: once for each chat message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.utils import timezone
from pydantic import ValidationError

from tokens import services as tokens
from twitch import registry
from twitch.client.oauth import BOT
from twitch.client.payloads import ChatPayload
from twitch.models import Command, CommandUse, Permission, Viewer
from twitch.registry import Invocation
from twitch.rules.commands import Typed, typed
from twitch.services import streams, viewers
from twitch.services.commands.answering import LATEST, answer, give_up

log = structlog.get_logger(__name__)


def may_be_command(event: Mapping[str, Any]) -> bool:
    """Tell whether a chat event needs a look: most of chat is not meant for us."""
    source = event.get("source_broadcaster_user_id")
    if source is not None and source != event.get("broadcaster_user_id"):
        return False
    message = event.get("message")
    text = message.get("text") if isinstance(message, dict) else None
    return not isinstance(text, str) or typed(text) is not None


def hear(event: Mapping[str, Any], at: datetime) -> CommandUse | None:
    """Carry out the command that a chat event brings, in the caller's transaction.

    Returns its record when there is an answer to be sent. A message that was heard before, that
    Greenroom itself wrote or that is from another channel's chat does nothing, and so does a
    command that is unknown, switched off, cooling down or not for its caller.
    """
    try:
        line = ChatPayload.model_validate(event)
    except ValidationError as error:
        # Not chained or quoted: the error would carry what the viewer typed.
        log.warning("command.malformed_event", problems=error.error_count())
        return None
    command_line = typed(line.message.text)
    if command_line is None or not may_be_command(event) or _is_own(line):
        return None
    # Held until the answer is recorded: the count and the cooldowns are of one use after the other.
    commands = Command.objects.called(command_line.name).select_for_update(
        of=("self",), no_key=True
    )
    command = commands.first()
    if command is None or CommandUse.objects.filter(pk=line.message_id).exists():
        return None
    caller = _rank(line)
    if caller < command.permission or _is_unable(command):
        return None
    if _is_cooling(command, line.chatter_user_id, at):
        return None
    return _use(command, command_line, line, caller, at)


def _use(
    command: Command, words: Typed, line: ChatPayload, caller: Permission, at: datetime
) -> CommandUse | None:
    viewers.remember(line.chatter_user_id, line.chatter_user_login, line.chatter_user_name, at)
    viewer = Viewer.objects.get(pk=line.chatter_user_id)
    call = Invocation(line.message_id, viewer, caller, words.name, words.argument, at)
    use = CommandUse(
        message_id=line.message_id, command=command, name=words.name, viewer=viewer, used_at=at
    )
    if timezone.now() - at > LATEST:
        give_up(use, "too_late", "It was heard too late for an answer.")
    else:
        command.count += 1
        command.last_used_at = at
        command.save(update_fields=["count", "last_used_at"])
        answer(use, command, call)
    use.save(force_insert=True)
    log.info("command.used", command=command.name, status=use.status)
    return use if use.status == CommandUse.Status.SENDING else None


def _is_own(line: ChatPayload) -> bool:
    """Whether the bot wrote it. What Greenroom says as the broadcaster never begins with "!"."""
    return (
        line.chatter_user_id != line.broadcaster_user_id
        and tokens.is_connected("twitch", BOT)
        and line.chatter_user_id == tokens.account_id("twitch", BOT)
    )


def _rank(line: ChatPayload) -> Permission:
    if line.chatter_user_id == line.broadcaster_user_id:
        return Permission.BROADCASTER
    return Permission.of(badge.set_id for badge in line.badges)


def _is_unable(command: Command) -> bool:
    """Whether its code is gone, or it waits for the stream."""
    is_orphan = bool(command.handler) and command.handler not in registry.commands()
    return is_orphan or (command.only_live and not streams.is_live())


def _is_cooling(command: Command, viewer_id: str, at: datetime) -> bool:
    pause = timedelta(seconds=command.cooldown_seconds)
    if pause and command.last_used_at is not None and at < command.last_used_at + pause:
        return True
    if not command.viewer_cooldown_seconds:
        return False
    since = at - timedelta(seconds=command.viewer_cooldown_seconds)
    return command.uses.filter(viewer_id=viewer_id, used_at__gt=since).exists()
