"""The manners of calls to others: sessions that keep to themselves, and answers with limits."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from time import monotonic

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError


class Session(requests.Session):
    """A session without proxies, passwords, cookies or retries.

    Nothing is taken from the environment: neither proxies nor passwords nor other addresses.
    """

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers.update({"User-Agent": "Greenroom", "Accept": "application/json"})
        for scheme in ("https://", "http://"):
            self.mount(scheme, requests.adapters.HTTPAdapter(max_retries=0, pool_maxsize=16))


def body(response: requests.Response, began: float, *, largest: int, longest: float) -> bytes:
    """Return the body, of at most `largest` bytes; `began` and `longest` are monotonic seconds.

    An answer that is too large or takes too long is a `requests.RequestException`.
    """
    text = bytearray()
    for piece in response.iter_content(64 * 1024):
        text += piece
        if len(text) > largest:
            raise requests.exceptions.ContentDecodingError("The answer is too large.")
        if monotonic() - began > longest:
            raise requests.ReadTimeout("The answer takes too long.")
    return bytes(text)


def surely_unsent(error: Exception) -> bool:
    """Whether the connection never came about."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)
