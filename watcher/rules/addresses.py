"""Addresses of Discord's webhooks, as people paste them.

An address is only ever read: what comes of it is an id and a token, and it is never called itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

LONGEST = 500
HOSTS = frozenset(
    f"{build}{domain}"
    for build in ("", "www.", "ptb.", "canary.")
    for domain in ("discord.com", "discordapp.com")
)
# Other tools add their name behind an address, to post in their own formats.
_PATH = re.compile(
    r"/api(?:/v[0-9]{1,2})?/webhooks/(?P<id>[0-9]{17,20})/(?P<token>[A-Za-z0-9_-]{50,120})"
    r"(?:/(?:slack|github))?/?"
)
_THREAD = re.compile(r"[0-9]{17,20}")
# What surrounds an address in a chat, a mail or a list; never a part of one.
_AROUND = " \t\r\n<>\"'`(),;"


class NotAWebhook(ValueError):
    """This is no address of a webhook; the message says what is wrong, and never repeats it."""


@dataclass(frozen=True)
class Address:
    """Which webhook, the secret that lets one post with it, and the thread to post in, or ""."""

    webhook_id: str
    token: SecretStr
    thread_id: str = ""


def parse(pasted: str) -> Address:
    """Read the address of a webhook; raises NotAWebhook."""
    text = pasted.strip(_AROUND)
    if not text:
        raise NotAWebhook("Paste the webhook's address.")
    if len(text) > LONGEST or not text.isascii() or not text.isprintable() or "\\" in text:
        raise NotAWebhook("This is not an address.")
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port, host = parts.port, (parts.hostname or "").removesuffix(".")
    except ValueError:
        raise NotAWebhook("This is not an address.") from None
    if parts.scheme not in ("https", "http") or host not in HOSTS:
        raise NotAWebhook("This is not an address of Discord's.")
    if port not in (None, 443, 80) or "@" in parts.netloc:
        raise NotAWebhook("This is not an address of Discord's.")
    found = _PATH.fullmatch(parts.path)
    if found is None:
        raise NotAWebhook(_almost(parts.path))
    return Address(found["id"], SecretStr(found["token"]), _thread(parts.query))


def _almost(path: str) -> str:
    """Say what an address of Discord's is if it is not a webhook's."""
    if re.match(r"/api(/v[0-9]+)?/webhooks/", path):
        return "This webhook's address is not complete: copy it once more on Discord."
    if re.match(r"/channels/|/invite/", path):
        return (
            "This is the address of a channel, not of a webhook: on Discord open the channel's"
            " settings, Integrations, Webhooks, and copy the webhook's URL there."
        )
    return "This is not the address of a webhook."


def _thread(query: str) -> str:
    named = parse_qs(query).get("thread_id", [""])[0]
    if named and not _THREAD.fullmatch(named):
        raise NotAWebhook("The address names a thread that cannot be one.")
    return named
