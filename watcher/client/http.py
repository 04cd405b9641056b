"""One request to Discord: sent once, answered in time or not at all, and never anywhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from time import monotonic
from typing import Any

import requests
import structlog
from django.conf import settings
from django.utils import timezone

from rest import outgoing
from watcher.client import answers, errors
from watcher.client.answers import Answer

log = structlog.get_logger(__name__)

TIMEOUTS = (3.0, 10.0)
LONGEST_ANSWER = 15.0
LARGEST_ANSWER = 1024 * 1024


@dataclass(frozen=True)
class Request:
    """A request; `path` begins behind the version and may hold a secret, so only `name` is told.

    `has_effect` says that it must not simply be sent again when its answer is lost.
    """

    method: str
    path: str
    name: str
    has_effect: bool = True
    in_thread: bool = False
    params: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Reply:
    """A success: its facts, and the JSON object that came with it, which may hold secrets."""

    answer: Answer
    payload: Mapping[str, Any] = field(repr=False)


def send(request: Request) -> Reply:
    """Send it, once, and return what a success says.

    Raises what `watcher.client.errors` has. None of it tells the address, which holds the token.
    """
    began = monotonic()
    lost: Exception | None = None
    try:
        with _session(os.getpid()).request(
            request.method,
            f"{settings.DISCORD_API_URL}/{request.path}",
            params=request.params,
            json=request.body,
            data=request.form,
            headers={"User-Agent": user_agent()},
            timeout=TIMEOUTS,
            allow_redirects=False,
            stream=True,
        ) as response:
            text = outgoing.body(response, began, largest=LARGEST_ANSWER, longest=LONGEST_ANSWER)
    except (requests.RequestException, OSError) as error:
        lost = error
    milliseconds = round(1000 * (monotonic() - began))
    # Beyond the handler, so that the lost one, whose text is the address, is nobody's context.
    if lost is not None:
        raise _no_answer(request, lost, milliseconds)
    payload = answers.decoded(text)
    answer = answers.read(response.status_code, response.headers, payload, milliseconds)
    _log(request, answer)
    if 200 <= answer.status < 300:
        return Reply(answer, payload)
    if answer.status == 429:
        header = response.headers.get("Retry-After", "")
        raise errors.limit(answer, payload, header, timezone.now())
    if 400 <= answer.status < 500:
        raise errors.of(answer, in_thread=request.in_thread)
    if errors.has_failed(answer):
        raise errors.Unreachable(answer, "Discord is in trouble.")
    raise unreadable(request, answer)


def unreadable(request: Request, answer: Answer) -> errors.Problem:
    """Return the error for an answer that does not say whether it was done."""
    return errors.Unsure(answer) if request.has_effect else errors.Unreachable(answer)


def user_agent() -> str:
    """Return how we name ourselves, in the form that Discord wants of every client."""
    version = settings.SPECTACULAR_SETTINGS["VERSION"]
    return f"DiscordBot ({settings.PUBLIC_URL}, {version})"


def _log(request: Request, answer: Answer) -> None:
    write = log.debug if answer.status < 400 else log.warning
    facts = {"status": answer.status, "code": answer.code, "ms": answer.milliseconds}
    write("discord.call", what=request.name, **facts)


@lru_cache(maxsize=1)
def _session(_pid: int) -> outgoing.Session:
    """Return this process's session: a forked worker must not share its parent's connections."""
    return outgoing.Session()


def _no_answer(request: Request, error: Exception, milliseconds: int) -> errors.Problem:
    why = type(error).__name__
    log.warning("discord.no_answer", what=request.name, why=why, ms=milliseconds)
    answer = Answer(0, milliseconds, message=f"no answer ({why})")
    if request.has_effect and not outgoing.surely_unsent(error):
        return errors.Unsure(answer)
    return errors.Unreachable(answer)
