"""Names of streamers and games, as people type or paste them."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

LONGEST = 300
HOSTS = frozenset(
    {
        "twitch.tv",
        "www.twitch.tv",
        "m.twitch.tv",
        "go.twitch.tv",
        "player.twitch.tv",
        "dashboard.twitch.tv",
    }
)
# What stands where a channel's name does, and is none.
NO_CHANNELS = frozenset(
    {
        "directory",
        "videos",
        "settings",
        "subscriptions",
        "search",
        "jobs",
        "turbo",
        "p",
        "downloads",
        "team",
    }
)
# Behind these the channel's name comes next.
BEFORE_A_NAME = frozenset({"popout", "embed", "moderator", "u"})
_LOGIN = re.compile(r"[a-z0-9][a-z0-9_]{0,24}")
_ART = re.compile(r"-(?:\{width\}x\{height\}|\d+x\d+)(?=\.\w+$)")


class NotAStreamer(ValueError):
    """This names no channel of Twitch's; the message says what would."""


def login_of(given: str) -> str:
    """Return the login in a name, a mention or any address of a channel; raises NotAStreamer."""
    text = given.strip().removeprefix("@")
    if not text:
        raise NotAStreamer("Type a streamer's name, or paste the address of their channel.")
    if len(text) > LONGEST:
        raise NotAStreamer("This is too long for a name.")
    login = (_in_address(text) if "/" in text else text).lower()
    if not _LOGIN.fullmatch(login):
        raise NotAStreamer("This is no name on Twitch: those have letters, digits and _ only.")
    return login


def box_art(address: str, width: int = 144, height: int = 192) -> str:
    """Return the address of a category's picture in this size, in pixels."""
    return _ART.sub(f"-{width}x{height}", address)


def _in_address(text: str) -> str:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = parts.hostname or ""
    except ValueError:
        raise NotAStreamer("This is not an address.") from None
    if host not in HOSTS:
        raise NotAStreamer("This is not an address of Twitch's.")
    names = [name for name in parts.path.split("/") if name]
    names = names or parse_qs(parts.query).get("channel", [])
    while names and names[0].lower() in BEFORE_A_NAME:
        names.pop(0)
    if not names or names[0].lower() in NO_CHANNELS:
        raise NotAStreamer("This is not the address of a channel.")
    return names[0]
