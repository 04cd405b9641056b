"""One request to Spotify: sent once, answered in time or not at all, and never anywhere else."""

from __future__ import annotations

import logging
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog

from rest import outgoing

log = structlog.get_logger(__name__)

TIMEOUTS = (3.0, 8.0)
LONGEST_ANSWER = 15.0
LARGEST_ANSWER = 2 * 1024 * 1024

# At its finest, spotipy's own log shows each request with its token.
logging.getLogger("spotipy").setLevel(logging.CRITICAL)


class Session(outgoing.Session):
    """A session that keeps to itself, and follows no redirects.

    An answer that is too large or takes too long is a `requests.RequestException`.
    """

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Follow nothing; even to be told where to, requests would read a body of any size."""

    def request(  # type: ignore[override]
        self, method: str, url: str, **kwargs: Any
    ) -> requests.Response:
        began = monotonic()
        wish = {"timeout": TIMEOUTS} | kwargs | {"stream": True, "allow_redirects": False}
        place = {"method": method, "path": urlsplit(url).path}
        try:
            with super().request(method, url, **wish) as response:
                # What requests itself does with a body, but for the limits.
                response._content = outgoing.body(
                    response, began, largest=LARGEST_ANSWER, longest=LONGEST_ANSWER
                )
        except (requests.RequestException, OSError) as error:
            log.warning("spotify.no_answer", **place, why=type(error).__name__)
            raise
        write = log.debug if response.status_code < 400 else log.warning
        took = round(1000 * (monotonic() - began))
        write("spotify.call", **place, status=response.status_code, ms=took)
        return response


def decoded(response: requests.Response) -> object:
    """Return the body's JSON; None for an empty body; raises ValueError for anything else."""
    if not response.content.strip():
        return None
    try:
        payload: object = response.json()
    except RecursionError as error:
        raise ValueError("The answer is nested too deeply.") from error
    return payload
