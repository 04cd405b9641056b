"""What Greenroom says in chat."""

from __future__ import annotations

import structlog

from sagas.flow import NotDone
from tokens import services as tokens
from tokens.services import TokenProblem
from twitch import rules
from twitch.client import helix
from twitch.client.errors import HelixError
from twitch.client.oauth import BOT, BROADCASTER
from twitch.models import ChatText
from twitch.registry import Text
from twitch.services import pace

log = structlog.get_logger(__name__)


class NotSent(NotDone):
    """The line surely did not appear in chat; `code` is Twitch's own word (they change) or ours."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def say(text: str, reply_to: str | None = None) -> str:
    """Say one line in the channel's chat, as the bot if there is one; returns Twitch's message id.

    An empty text is not said, and has no id. Raises NotSent when it was surely not said, Unsure
    when it may have been, RateLimited when it has to wait its turn. Nothing is repeated here.
    """
    line = rules.chat_line(text)
    if not line:
        return ""
    role = BOT if tokens.is_connected("twitch", BOT) else BROADCASTER
    try:
        speaker = tokens.account_id("twitch", role)
        pace.take_turn(role, speaker)
        sent = helix.send_chat_message(
            tokens.account_id("twitch", BROADCASTER),
            role,
            speaker,
            line,
            reply_to,
        )
    except TokenProblem as problem:
        # A line that has to wait for a person to connect an account would come hours late.
        raise NotSent(problem.code, problem.sentence) from problem
    except HelixError as error:
        raise NotSent(f"http_{error.status}", error.message) from error
    if not sent.is_sent:
        reason = sent.drop_reason
        raise NotSent(
            reason.code if reason else "dropped", reason.message if reason else "Twitch dropped it."
        )
    log.info("chat.said", role=role, length=len(line))
    return sent.message_id


def render(text: Text, **values: object) -> str:
    """Return a text as the streamer worded it, or its default, with its variables filled in."""
    worded = ChatText.objects.filter(pk=text.name).values_list("text", flat=True).first()
    return rules.fill(text.default if worded is None else worded, values)
