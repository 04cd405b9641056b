"""What a command answers, and how the answer gets into chat."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from sagas.flow import Refused, told
from twitch import registry, rules, texts
from twitch.models import Command, CommandUse
from twitch.registry import Invocation
from twitch.rules.commands import draw
from twitch.services import chat, viewers
from twitch.services.chat import NotSent

log = structlog.get_logger(__name__)

# An answer that comes later than this answers nobody.
LATEST = timedelta(minutes=2)

PAGE = "/commands"


def answer(use: CommandUse, command: Command, call: Invocation) -> None:
    """Set the line that answers this call, and why it says no more; the count includes it."""
    text = _computed(use, command, call) if command.handler else _written(command, call)
    use.reply = rules.chat_line(text, more_at=f"{settings.PUBLIC_URL}{PAGE}")
    use.status = CommandUse.Status.SENDING if use.reply else CommandUse.Status.SILENT


def _written(command: Command, call: Invocation) -> str:
    if command.kind == Command.Kind.VALUE and not command.value:
        return ""
    values = {"user": viewers.name_in_chat(call.viewer), "count": command.count}
    if command.kind == Command.Kind.VALUE:
        values["value"] = command.value
    return rules.fill(draw(command.template, secrets.choice), values)


def _computed(use: CommandUse, command: Command, call: Invocation) -> str:
    """Let the code answer; what it wrote before it failed is taken back."""
    try:
        with transaction.atomic():
            return registry.commands()[command.handler].answer(call)
    except Refused as refused:
        return refused.sentence
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        # What went wrong in words may hold what the viewer typed: those are for the record.
        log.error("command.failed", command=command.name, error=type(error).__name__)
        use.problem_code, use.problem = "failed", told(error)[:500]
        return chat.render(texts.COMMAND_FAILED, command=command.name)


# --- The steps of the answer -----------------------------------------------------------------


def send(use: CommandUse) -> None:
    """Reply to the message, unless it is too late by now; what Twitch refuses is written down."""
    if timezone.now() - use.used_at > LATEST:
        give_up(use, "too_late", "Twitch took no messages in time.")
        return
    try:
        use.reply_id = chat.say(use.reply, reply_to=use.message_id)
    except NotSent as error:
        give_up(use, error.code, error.message)
        log.warning("command.answer_dropped", command=use.name, why=error.code)
    else:
        use.status = CommandUse.Status.SENT


def conclude(use: CommandUse) -> None:
    """Say of an answer whose end nobody saw that it may have been sent."""
    if use.status == CommandUse.Status.SENDING:
        use.status = CommandUse.Status.UNSURE
        use.problem = "It may have been sent: its run says more."


def give_up(use: CommandUse, code: str, why: str) -> None:
    """Write down why there is no answer in chat."""
    use.status = CommandUse.Status.DROPPED
    use.problem_code, use.problem = code[:60], why[:500]


def forget(before: datetime) -> None:
    """Delete the records of uses before then; no message comes again so much later."""
    CommandUse.objects.filter(used_at__lt=before).delete()
