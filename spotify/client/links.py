"""One hop along a short link: where it leads, without going there."""

from __future__ import annotations

import os
from functools import lru_cache
from time import monotonic
from urllib.parse import urljoin

import requests
import structlog

from spotify.client.errors import Unavailable
from spotify.client.http import Session

log = structlog.get_logger(__name__)

TIMEOUT = 3.0


def next_address(url: str, deadline: float) -> str:
    """Return where the address redirects to; empty when it does not.

    `deadline` is a time of the monotonic clock. The caller has checked the host. No body is read
    and nothing of ours is sent. Raises Unavailable.
    """
    left = min(deadline - monotonic(), TIMEOUT)
    if left <= 0:
        raise Unavailable("Spotify's short link takes too long.")
    try:
        status, location = _session(os.getpid()).head_of(url, left)
    except (requests.RequestException, OSError) as error:
        log.warning("spotify.short_link_failed", why=type(error).__name__)
        raise Unavailable("Spotify's short link cannot be followed right now.") from error
    if status >= 500 or status in (408, 429):
        raise Unavailable("Spotify's short link cannot be followed right now.")
    return urljoin(url, location) if 300 <= status < 400 and location else ""


class _Headers(Session):
    def head_of(self, url: str, seconds: float) -> tuple[int, str]:
        """Return the status and the Location of the answer, whose body is left unread."""
        request = self.prepare_request(requests.Request("GET", url))
        with self.send(request, timeout=seconds, stream=True, allow_redirects=False) as response:
            return response.status_code, response.headers.get("Location", "")


@lru_cache(maxsize=1)
def _session(_pid: int) -> _Headers:
    session = _Headers()
    # A browser would get a page that redirects by script.
    session.headers["User-Agent"] = "curl/8"
    return session
