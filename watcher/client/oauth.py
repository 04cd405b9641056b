"""The way on which a person chooses a channel on Discord, and we get a webhook for it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings

from watcher.client import answers, errors
from watcher.client.answers import Answer, Webhook
from watcher.client.http import Request, send, unreadable

SCOPE = "webhook.incoming"
# A channel has so many webhooks at most.
TOO_MANY_WEBHOOKS = 30007


@dataclass(frozen=True)
class Connected:
    """A webhook that was just made, with its token; our leave to the account is let go."""

    webhook: Webhook
    answer: Answer


class CodeRefused(errors.DiscordProblem):
    """The code is unknown, used or too old."""

    sentence = "Discord does not know this code any more."


def authorize_url(state: str, redirect_uri: str) -> str:
    """Return Discord's page on which a person chooses one of their channels."""
    query = {
        "client_id": settings.DISCORD_CLIENT_ID,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": SCOPE,
        "state": state,
    }
    return f"{settings.DISCORD_AUTHORIZE_URL}?{urlencode(query)}"


def exchange(code: str, redirect_uri: str) -> Connected:
    """Return the webhook that the person has allowed; Discord makes one for each code.

    Raises CodeRefused, Invalid, RateLimited, Unreachable, or Unsure when one may have been made.
    """
    request = Request(
        "POST",
        "oauth2/token",
        "exchange",
        form={
            "client_id": settings.DISCORD_CLIENT_ID,
            "client_secret": settings.DISCORD_CLIENT_SECRET,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
        },
    )
    try:
        reply = send(request)
    except errors.Unreachable as error:
        if error.answer.message == "invalid_grant":
            raise CodeRefused(error.answer) from None
        raise
    webhook = answers.webhook(reply.payload.get("webhook"), reply.answer)
    if webhook is None or not webhook.token.get_secret_value():
        raise unreadable(request, reply.answer)
    return Connected(webhook, reply.answer)
