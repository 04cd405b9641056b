"""Switches that make the rehearsed services misbehave the way real ones do."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BadFault(ValueError):
    """The fault cannot be set: its kind or one of its fields makes no sense."""


@dataclass(frozen=True)
class Kind:
    """A way to misbehave: what to call it, what it does, and whether it needs an HTTP call.

    ``retry_after`` is for a fault that names none of its own.
    """

    label: str
    help: str
    at_once: Callable[[Fault], None] | None = None
    retry_after: int = 1


@dataclass(frozen=True)
class Refusals:
    """How one provider words what may befall any call: too many (come back in so many seconds),
    or a broken server.
    """

    too_many: Callable[[int], web.Response]
    broken: Callable[[], web.Response]


@dataclass
class Fault:
    """One switched-on fault.

    ``count`` is how many times it still strikes (``None``: until it is cleared) after letting
    ``skip`` chances pass; ``path`` (a prefix) and ``method`` narrow the calls it strikes.
    """

    id: int
    kind: str
    count: int | None = None
    skip: int = 0
    path: str = ""
    method: str = ""
    ms: int = 2000
    retry_after: int = 1
    login: str = ""

    def strikes(self, path: str, method: str) -> bool:
        """Whether a call is one that this fault is meant for."""
        return path.startswith(self.path) and self.method.upper() in ("", method)


ANSWERS = {
    "delay": Kind("Slow answers", "Every call waits before it is handled."),
    "429": Kind("Rate limited", "Calls are refused with 429 and Retry-After."),
    "500": Kind("Server errors", "Calls are refused with 500 and have no effect."),
    "drop_before": Kind("Lost request", "The connection closes before anything has happened."),
    "drop_after": Kind("Lost answer", "The call takes effect, then the connection closes."),
}

_NUMBERS = {
    "count": (1, 1_000_000),
    "skip": (0, 1_000_000),
    "ms": (0, 600_000),
    "retry_after": (0, 90_000),
}


class Faults:
    """The faults that are on, and the kinds there are."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.kinds: dict[str, Kind] = dict(ANSWERS)
        self._changed = changed
        self._on: list[Fault] = []
        self._numbers = itertools.count(1)

    def add(self, wish: dict[str, Any]) -> Fault:
        """Switch on a fault, or carry it out when it is of the kind that happens at once."""
        fault = self._read(wish)
        happen = self.kinds[fault.kind].at_once
        if happen is not None:
            happen(fault)
            return fault
        self._on.append(fault)
        self._changed()
        return fault

    def take(self, kind: str, path: str = "", method: str = "") -> Fault | None:
        """The fault of this kind that strikes now, if any; uses up one of its count."""
        for fault in self._on:
            if fault.kind != kind or not fault.strikes(path, method):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            if fault.count is not None:
                fault.count -= 1
            if fault.count == 0:
                self._on.remove(fault)
            self._changed()
            return fault
        return None

    def is_on(self, kind: str) -> bool:
        """Whether a lasting state (such as silence) is on; uses up nothing."""
        return any(fault.kind == kind for fault in self._on)

    def clear(self, kind: str | None = None) -> None:
        """Switch off every fault, or every one of a kind."""
        self._on = [fault for fault in self._on if kind is not None and fault.kind != kind]
        self._changed()

    def snapshot(self) -> dict[str, Any]:
        """The kinds one may choose and the faults that are on."""
        return {
            "kinds": [
                {
                    "kind": name,
                    "label": kind.label,
                    "help": kind.help,
                    "at_once": bool(kind.at_once),
                }
                for name, kind in self.kinds.items()
            ],
            "on": [asdict(fault) for fault in self._on],
        }

    def _read(self, wish: dict[str, Any]) -> Fault:
        kind = str(wish.get("kind", ""))
        if kind not in self.kinds:
            raise BadFault(f"There is no fault {kind!r}; choose one of {', '.join(self.kinds)}.")
        unknown = set(wish) - set(Fault.__dataclass_fields__)
        if unknown:
            raise BadFault(f"A fault has no {', '.join(sorted(unknown))}.")
        for name, (low, high) in _NUMBERS.items():
            value = wish.get(name)
            if value is not None and (type(value) is not int or not low <= value <= high):
                raise BadFault(f"{name} must be a whole number from {low} to {high}.")
        for name in ("path", "method", "login"):
            if not isinstance(wish.get(name, ""), str):
                raise BadFault(f"{name} must be a text.")
        given = {name: value for name, value in wish.items() if value is not None and name != "id"}
        given.setdefault("retry_after", self.kinds[kind].retry_after)
        return Fault(**{**given, "id": next(self._numbers), "kind": kind})


async def misbehave(
    faults: Faults, refusals: Refusals, request: web.Request, handler: Handler
) -> web.StreamResponse:
    """Answer a provider's call, unless a fault has other ideas."""
    path, method = request.path, request.method
    slow = faults.take("delay", path, method)
    if slow:
        await asyncio.sleep(slow.ms / 1000)
    if faults.take("drop_before", path, method):
        return hang_up(request)
    limited = faults.take("429", path, method)
    if limited:
        answer = refusals.too_many(limited.retry_after)
        answer.headers["Retry-After"] = str(limited.retry_after)
        return answer
    if faults.take("500", path, method):
        return refusals.broken()
    if faults.take("drop_after", path, method):
        with suppress(web.HTTPException):
            await handler(request)
        return hang_up(request)
    return await handler(request)


class HungUp(web.Response):
    """Stands for an answer that never left; its status 0 is only for the log."""


def hang_up(request: web.Request) -> web.Response:
    """Close the connection in place of an answer."""
    if request.transport is not None:
        request.transport.abort()
    return HungUp()
