"""What can go wrong between Discord and us; each error carries the answer's facts.

What is told of an error is told in our words only: Discord's may quote what a person wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sagas import flow
from watcher.client.answers import Answer, seconds

# Discord's own numbers.
UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_WEBHOOK = 10015
BLOCKED = 40333

# The request was not taken up: by Discord, or (521, 523) by nobody behind the gate before it.
NOT_TAKEN_UP = (503, 521, 523)
# Discord has answered 500 to posts that it had made, when it was slow: behind so many milliseconds
# its word that it failed is not believed.
PROMPT = 5000

SHORT_PAUSE = timedelta(seconds=5)
# Whatever an answer says: who is shut out for a day is asked again sooner, once.
LONGEST_PAUSE = timedelta(hours=1)


class DiscordProblem(flow.NotDone):
    """Discord surely did not do it."""

    sentence = "Discord did not do it."

    def __init__(self, answer: Answer, sentence: str = "") -> None:
        self.answer = answer
        self.sentence = sentence or self.sentence
        super().__init__(self.sentence)


class Gone(DiscordProblem):
    """The webhook, or the channel that it belongs to, was deleted: it must not be tried again."""

    sentence = "The webhook does not exist any more."


class TokenRefused(DiscordProblem):
    """The webhook's token is wrong: it must not be tried again."""

    sentence = "Discord does not accept the webhook's token."


class MessageGone(DiscordProblem):
    """Somebody deleted the post."""

    sentence = "The post does not exist any more."


class Invalid(DiscordProblem):
    """Discord refuses what was sent, and would again; `code` is its own number, 0 for none."""

    def __init__(self, answer: Answer) -> None:
        self.code = answer.code or 0
        self.message = answer.message
        super().__init__(answer, f"Discord refuses this ({answer.status}, code {self.code}).")


class Unreachable(DiscordProblem):
    """Discord cannot be reached, or is in trouble: nothing was done."""

    sentence = "Discord cannot be reached."


class Unsure(flow.Unsure):
    """It was sent, and Discord did not say whether it was done."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__("Discord did not say whether it was done.")


class RateLimited(flow.RateLimited):
    """Discord asks us to come back at `until`: with this webhook or, `is_global`, at all."""

    def __init__(self, answer: Answer, until: datetime, *, is_global: bool) -> None:
        self.answer = answer
        self.is_global = is_global
        super().__init__(until, "Discord asks us to come back later.")


Problem = DiscordProblem | Unsure | RateLimited


def has_failed(answer: Answer) -> bool:
    """Tell whether a 5xx says that nothing was done; a gate's word for a lost answer does not."""
    is_own_word = answer.status == 500 and answer.code is not None
    return answer.status in NOT_TAKEN_UP or (is_own_word and answer.milliseconds < PROMPT)


def of(answer: Answer, *, in_thread: bool = False) -> Problem:
    """Return the error for a refusal (400 to 499, but for 429).

    Only what Discord itself says is believed of a webhook: a refusal without its code comes from
    something between us, and says nothing.
    """
    if answer.code is None or answer.code == BLOCKED:
        return Unreachable(answer, "Something between us and Discord refuses this.")
    if answer.status == 401:
        return TokenRefused(answer)
    if answer.status == 404 and answer.code == UNKNOWN_WEBHOOK:
        return Gone(answer)
    # Without its channel a webhook is none; a thread that is gone says nothing of the webhook.
    if answer.status == 404 and answer.code == UNKNOWN_CHANNEL and not in_thread:
        return Gone(answer)
    if answer.status == 404 and answer.code == UNKNOWN_MESSAGE:
        return MessageGone(answer)
    return Invalid(answer)


def limit(answer: Answer, said: Mapping[str, Any], header: str, now: datetime) -> RateLimited:
    """Return the error for a 429, from what it `said` or else from its Retry-After `header`.

    A limit without Discord's body comes from the wall before it, and holds for all of us.
    """
    is_global = not said or said.get("global") is True or answer.scope == "global"
    pause = next(
        (it for it in (seconds(said.get("retry_after")), seconds(header)) if it is not None),
        SHORT_PAUSE.total_seconds(),
    )
    until = now + timedelta(seconds=min(pause, LONGEST_PAUSE.total_seconds()))
    return RateLimited(answer, until, is_global=is_global)
