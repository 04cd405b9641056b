"""From what a viewer typed to a track's id."""

from __future__ import annotations

from time import monotonic

from django.conf import settings

from spotify import rules
from spotify.client.links import TIMEOUT, next_address
from spotify.rules import NotATrack, ShortLink

__all__ = ["NotATrack", "track_id"]

MOST_HOPS = 3


def track_id(text: str) -> str:
    """Return the id of the first track in the text.

    A short link is followed, which is no call of the Web API, for at most three hops and three
    seconds. Raises NotATrack, and Unavailable when a short link cannot be followed now.
    """
    found = rules.read(text, settings.SPOTIFY_LINK_HOSTS)
    deadline = monotonic() + TIMEOUT
    for _ in range(MOST_HOPS):
        if isinstance(found, str):
            return found
        found = _follow(found, deadline)
    if isinstance(found, str):
        return found
    raise NotATrack("short_link_dead")


def _follow(link: ShortLink, deadline: float) -> str | ShortLink:
    address = next_address(link.url, deadline)
    if not address.isascii() or not address.isprintable() or len(address) > 2000:
        raise NotATrack("short_link_dead")
    if not address.startswith(("https://", "http://")):
        raise NotATrack("short_link_dead")
    return rules.read_word(address, settings.SPOTIFY_LINK_HOSTS)
