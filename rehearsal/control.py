"""The control API that every rehearsed service shares: state, feed, faults and reset."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from rehearsal.effects import Effects
from rehearsal.faults import Faults
from rehearsal.feed import Feed

EFFECTS = web.AppKey("effects", Effects)
FAULTS = web.AppKey("faults", Faults)
FEED = web.AppKey("feed", Feed)
RESET: web.AppKey[Callable[[], None]] = web.AppKey("reset")


class BadWish(ValueError):
    """A control call that makes no sense; the text says what to change."""


async def read(request: web.Request) -> dict[str, Any]:
    """The JSON object that was sent; an empty body is an empty object."""
    raw = await request.read()
    try:
        wish = json.loads(raw) if raw else {}
    except ValueError:
        wish = None
    if not isinstance(wish, dict):
        raise BadWish("The body must be a JSON object.")
    return wish


def text(wish: dict[str, Any], name: str, default: str = "") -> str:
    """A string that is not blank."""
    value = wish.get(name, default)
    if not isinstance(value, str) or not value.strip():
        raise BadWish(f"{name} must be a text.")
    return value


def number(wish: dict[str, Any], name: str, default: int, *, low: int, high: int) -> int:
    """A whole number within its bounds."""
    value = wish.get(name, default)
    if type(value) is not int or not low <= value <= high:
        raise BadWish(f"{name} must be a whole number from {low} to {high}.")
    return value


async def state(request: web.Request) -> web.Response:
    """``GET /control/state``: every topic of the console, once."""
    return web.json_response(request.app[FEED].snapshot())


async def feed(request: web.Request) -> web.StreamResponse:
    """``GET /control/feed``: the topics as server-sent events, all at first, then the changed."""
    answer = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await answer.prepare(request)
    try:
        async for topics in request.app[FEED].watch():
            await answer.write(f"data: {json.dumps(topics)}\n\n".encode())
    except ConnectionError:
        pass
    return answer


async def add_fault(request: web.Request) -> web.Response:
    """``POST /control/faults``: switch one on."""
    return web.json_response(asdict(request.app[FAULTS].add(await read(request))))


async def list_faults(request: web.Request) -> web.Response:
    """``GET /control/faults``: the kinds there are and the faults that are on."""
    return web.json_response(request.app[FAULTS].snapshot())


async def clear_faults(request: web.Request) -> web.Response:
    """``DELETE /control/faults``: switch off all, or with ``?kind=`` one kind."""
    request.app[FAULTS].clear(request.query.get("kind"))
    return web.json_response({})


async def effects(request: web.Request) -> web.Response:
    """``GET /control/effects``: oldest first; ``?after=`` a number, ``?kind=``."""
    after, kind = request.query.get("after", "0"), request.query.get("kind")
    if not re.fullmatch(r"[0-9]{1,12}", after):
        raise BadWish("after must be a number.")
    found = request.app[EFFECTS].find(int(after), kind)
    return web.json_response({"effects": [asdict(it) for it in found]})


async def reset(request: web.Request) -> web.Response:
    """``POST /control/reset``: a fresh rehearsal."""
    request.app[FAULTS].clear()
    request.app[RESET]()
    return web.json_response({})


ROUTES = [
    web.get("/control/state", state),
    web.get("/control/feed", feed),
    web.get("/control/faults", list_faults),
    web.post("/control/faults", add_fault),
    web.delete("/control/faults", clear_faults),
    web.get("/control/effects", effects),
    web.post("/control/reset", reset),
]
