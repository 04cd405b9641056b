"""One request to Twitch: sent once, answered in time or not at all, and never anywhere else."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog

from rest import outgoing
from sagas.flow import RateLimited, Unsure
from twitch.client.errors import Unreachable

log = structlog.get_logger(__name__)

CONNECT_TIMEOUT = 3.0
READ_TIMEOUT = 10.0
LONGEST_ANSWER = 20.0
LARGEST_ANSWER = 2 * 1024 * 1024
SHORT_PAUSE = timedelta(seconds=5)
# Whatever a header says, a refund does not wait longer before it asks again.
LONGEST_PAUSE = timedelta(hours=1)

Params = Mapping[str, str | int | list[str]]


@dataclass(frozen=True)
class Budget:
    """The bucket of calls that this one was taken from, as Twitch told it."""

    limit: int
    remaining: int

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Budget | None:
        """Read it from an answer's headers; None where they do not say."""
        limit = headers.get("Ratelimit-Limit", "")
        remaining = headers.get("Ratelimit-Remaining", "")
        if not (limit.isdecimal() and remaining.isdecimal()):
            return None
        return cls(int(limit[:9]), int(remaining[:9]))


@dataclass(frozen=True)
class Answer:
    """What came back; `payload` is the decoded JSON object, empty for an answer without one."""

    status: int
    payload: Mapping[str, Any]
    budget: Budget | None = None

    @property
    def message(self) -> str:
        return str(self.payload.get("message") or self.payload.get("error") or "no reason given")[
            :300
        ]


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Params | None = None,
    body: Mapping[str, Any] | None = None,
    form: Mapping[str, str] | None = None,
    read_timeout: float = READ_TIMEOUT,
    has_effect: bool,
) -> Answer:
    """Send one request, once, and return the answer whatever its status below 500 (but 429).

    Raises Unreachable when nothing can have been changed; Unsure when a request that `has_effect`
    may or may not have been carried out; RateLimited when Twitch asks us to come back later.
    """
    began = monotonic()
    try:
        with _session(os.getpid()).request(
            method,
            url,
            headers=headers,
            params=params,
            json=body,
            data=form,
            timeout=(CONNECT_TIMEOUT, read_timeout),
            allow_redirects=False,
            stream=True,
        ) as response:
            text = outgoing.body(response, began, largest=LARGEST_ANSWER, longest=LONGEST_ANSWER)
    except (requests.RequestException, OSError) as error:
        log.warning("twitch.no_answer", **_place(method, url, began), why=type(error).__name__)
        if has_effect and not outgoing.surely_unsent(error):
            raise Unsure(f"Twitch did not answer {method} {urlsplit(url).path}.") from error
        raise Unreachable(f"Twitch cannot be reached ({type(error).__name__}).") from error
    _log(method, url, began, response.status_code)
    if response.status_code == 429:
        raise RateLimited(_come_back_at(response.headers), "Twitch asks us to come back later.")
    if response.status_code >= 500:
        if has_effect:
            raise Unsure(f"Twitch answered {response.status_code}: it may have been done.")
        raise Unreachable(f"Twitch is in trouble: it answered {response.status_code}.")
    payload = _decode(text, response, has_effect)
    return Answer(response.status_code, payload, Budget.of(response.headers))


@lru_cache(maxsize=1)
def _session(_pid: int) -> outgoing.Session:
    """Return this process's session: a forked worker must not share its parent's connections."""
    return outgoing.Session()


def _decode(text: bytes, response: requests.Response, has_effect: bool) -> Mapping[str, Any]:
    """Return the JSON object; a success that cannot be read is no answer at all."""
    try:
        payload = json.loads(text) if text.strip() else {}
    except ValueError:
        payload = None
    if isinstance(payload, dict):
        return payload
    if not response.ok:
        return {}
    if has_effect:
        raise Unsure("Twitch's answer cannot be read.")
    raise Unreachable("Twitch's answer cannot be read.")


def _come_back_at(headers: Mapping[str, str]) -> datetime:
    """Return when to try again, from a 429's headers.

    The bucket's Reset counts only when the bucket is empty: with points left, it is the endpoint's
    own limit that was hit, and that one has no clock.
    """
    now = datetime.now(UTC)
    after = headers.get("Retry-After", "")
    if after.isdecimal():
        return now + min(timedelta(seconds=int(after[:9])), LONGEST_PAUSE)
    reset = headers.get("Ratelimit-Reset", "")
    if headers.get("Ratelimit-Remaining") == "0" and reset.isdecimal():
        seconds = max(int(reset[:12]) - now.timestamp(), 0) + 0.5
        return now + min(timedelta(seconds=seconds), LONGEST_PAUSE)
    return now + SHORT_PAUSE


def _log(method: str, url: str, began: float, status: int) -> None:
    write = log.debug if status < 400 else log.warning
    write("twitch.call", **_place(method, url, began), status=status)


def _place(method: str, url: str, began: float) -> dict[str, Any]:
    return {"method": method, "path": urlsplit(url).path, "ms": round(1000 * (monotonic() - began))}
