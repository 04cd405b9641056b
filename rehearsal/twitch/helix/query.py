"""Reading a Helix request: query parameters, JSON bodies and pages."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from aiohttp import web

from rehearsal.twitch.helix.errors import HelixError

T = TypeVar("T")


def required(request: web.Request, name: str) -> str:
    """A parameter that must be there."""
    value = request.query.get(name, "")
    if not value:
        raise HelixError(400, f'Missing required parameter "{name}"')
    return value


def many(request: web.Request, *names: str, most: int = 100) -> list[list[str]]:
    """All values of each repeatable parameter; together at most ``most``."""
    values = [[value for value in request.query.getall(name, []) if value] for name in names]
    if sum(map(len, values)) > most:
        raise HelixError(400, f"At most {most} values may be given for {' and '.join(names)}")
    return values


def flag(request: web.Request, name: str) -> bool:
    """A parameter that is ``true`` or ``false`` (the default)."""
    value = request.query.get(name, "false").lower()
    if value not in ("true", "false"):
        raise HelixError(400, f'The parameter "{name}" must be true or false')
    return value == "true"


async def body(request: web.Request) -> dict[str, Any]:
    """The JSON object that was sent."""
    try:
        sent = json.loads(await request.read())
    except ValueError:
        sent = None
    if not isinstance(sent, dict):
        raise HelixError(400, "The request body must be a JSON object")
    return sent


def text(sent: dict[str, Any], name: str) -> str:
    """A string of the body that must be there."""
    value = sent.get(name)
    if not isinstance(value, str) or not value:
        raise HelixError(400, f'Missing required parameter "{name}"')
    return value


def page(
    request: web.Request,
    items: Sequence[T],
    number: Callable[[T], int],
    *,
    size: int = 20,
    most: int = 100,
    newest_first: bool = False,
) -> tuple[list[T], dict[str, str]]:
    """One page of items, and the ``pagination`` object: empty on the last page.

    ``number`` orders the items and is what a cursor remembers, so a page stays where it was
    when items before it come or go.
    """
    size = _size(request, size, most)
    ordered = sorted(items, key=number, reverse=newest_first)
    after = _cursor(request.query.get("after", ""))
    if after is not None:
        ordered = [
            item
            for item in ordered
            if (number(item) < after if newest_first else number(item) > after)
        ]
    shown = ordered[:size]
    if len(ordered) <= size:
        return shown, {}
    return shown, {"cursor": base64.urlsafe_b64encode(str(number(shown[-1])).encode()).decode()}


def _size(request: web.Request, default: int, most: int) -> int:
    text = request.query.get("first", str(default))
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= most:
        raise HelixError(400, f'The parameter "first" must be a number from 1 to {most}')
    return int(text)


def _cursor(text: str) -> int | None:
    if not text:
        return None
    try:
        return int(base64.urlsafe_b64decode(text))
    except (ValueError, binascii.Error):
        raise HelixError(400, 'The value in "after" is not a valid cursor') from None
