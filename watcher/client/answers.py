"""What Discord answered: the facts of every answer, and what a good one holds."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

LONGEST_MESSAGE = 200
_SNOWFLAKE = re.compile(r"[0-9]{1,20}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


@dataclass(frozen=True)
class Answer:
    """The facts of one request, for the log that its owner sees.

    `status` is HTTP's, 0 when no answer came; `code` and `message` are Discord's own words about a
    refusal, or what went wrong on the way. They never hold a secret, but may quote what was sent.
    `remaining` says how many more requests the bucket takes, for `reset_after` seconds.
    """

    status: int
    milliseconds: int
    code: int | None = None
    message: str = ""
    remaining: int | None = None
    reset_after: float | None = None
    bucket: str = ""
    scope: str = ""


@dataclass(frozen=True)
class Message:
    """A post that Discord has."""

    id: str
    answer: Answer


@dataclass(frozen=True)
class Done:
    """Something that leaves nothing to be told but that it was done."""

    answer: Answer


@dataclass(frozen=True)
class Webhook:
    """A webhook, and where it posts; type 1 is one that takes posts from anybody with its token."""

    id: str
    type: int
    name: str
    guild_id: str
    channel_id: str
    token: SecretStr
    answer: Answer

    INCOMING = 1


def read(
    status: int, headers: Mapping[str, str], payload: Mapping[str, Any], milliseconds: int
) -> Answer:
    """Read an answer; whatever is missing, or makes no sense, is as if it were not there."""
    code = payload.get("code")
    is_code = isinstance(code, int) and not isinstance(code, bool) and 0 <= code < 2**31
    return Answer(
        status=status,
        milliseconds=milliseconds,
        code=int(code) if is_code and status >= 400 and code is not None else None,
        message=_said(payload) if status >= 400 else "",
        remaining=_whole(headers.get("X-RateLimit-Remaining")),
        reset_after=seconds(headers.get("X-RateLimit-Reset-After")),
        bucket=line(headers.get("X-RateLimit-Bucket"), 64),
        scope=line(headers.get("X-RateLimit-Scope"), 16),
    )


def decoded(text: bytes) -> Mapping[str, Any]:
    """Return the JSON object, which may hold secrets; an empty one for anything else."""
    try:
        payload = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        return {}
    return payload if isinstance(payload, dict) else {}


def webhook(raw: object, answer: Answer) -> Webhook | None:
    """Read a webhook; None for anything else."""
    said = raw if isinstance(raw, dict) else {}
    id, type, token = snowflake(said.get("id")), said.get("type"), said.get("token")
    if not id or not isinstance(type, int):
        return None
    return Webhook(
        id=id,
        type=type,
        name=line(said.get("name"), 80),
        guild_id=snowflake(said.get("guild_id")),
        channel_id=snowflake(said.get("channel_id")),
        token=SecretStr(token if isinstance(token, str) else ""),
        answer=answer,
    )


def snowflake(value: object) -> str:
    """Return an id of Discord's; empty for anything else."""
    return value if isinstance(value, str) and _SNOWFLAKE.fullmatch(value) else ""


def line(value: object, longest: int) -> str:
    """Return one line that a database can hold; empty for what is no text."""
    if not isinstance(value, str):
        return ""
    return _UNPRINTABLE.sub(" ", value[: 4 * longest]).strip()[:longest].strip()


def seconds(value: object) -> float | None:
    """Return a number of seconds, from a header or a body; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _whole(value: object) -> int | None:
    number = seconds(value)
    return None if number is None else int(number)


def _said(payload: Mapping[str, Any]) -> str:
    """Return Discord's message and the first place that it finds fault with."""
    # OAuth's refusals have a word, `error`, in place of a number and a message.
    message = line(payload.get("message") or payload.get("error"), LONGEST_MESSAGE)
    first = next(_faults(payload.get("errors"), ()), "")
    return line(f"{message}: {first}" if first else message, LONGEST_MESSAGE)


def _faults(node: object, path: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(node, dict) or len(path) > 10:
        return
    errors = node.get("_errors")
    for error in errors if isinstance(errors, list) else ():
        said = line(error.get("message"), LONGEST_MESSAGE) if isinstance(error, dict) else ""
        yield f"{'.'.join(path)}: {said}" if path else said
    for name, inner in node.items():
        yield from _faults(inner, (*path, line(name, 40)))
