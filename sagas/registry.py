"""Who listens to which fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db.models import Model
from pydantic import TypeAdapter
from pydantic_core import to_json

from sagas.flow import Saga, Step
from sagas.models import Event

F = TypeVar("F")

_listeners: defaultdict[str, list[Saga[Event]]] = defaultdict(list)


def kind(fact: type[Any]) -> str:
    """Return the name of a kind of fact: its app and class, `raffle.RollMade`."""
    return f"{fact.__module__.split('.')[0]}.{fact.__name__}"


def encoded(fact: Any) -> str:
    """Return a fact as JSON, to the microsecond."""
    return to_json(fact).decode()


def listen(
    fact: type[F], step: type[Step[Any]] = Step
) -> Callable[[Callable[[F], None]], Callable[[F], None]]:
    """Register a function for a kind of fact: it runs for each, durably, as a saga of one step.

    As a `Step` (the default) it shares a transaction with its outcome, so it happens exactly once;
    a listener that talks to someone else's system says `@listen(Fact, Call)`.
    """
    decode = TypeAdapter(fact).validate_python

    def register(listener: Callable[[F], None]) -> Callable[[F], None]:
        @wraps(listener)
        def hear(event: Model) -> None:
            assert isinstance(event, Event)  # noqa: S101 (narrows the engine's subject)
            listener(decode(event.payload))

        name = f"{listener.__module__}.{listener.__name__}"
        _listeners[kind(fact)].append(Saga(name, Event, step(hear)))
        return listener

    return register


def all_listeners() -> list[list[Saga[Event]]]:
    return list(_listeners.values())


def listeners(fact_kind: str) -> list[Saga[Event]]:
    return _listeners[fact_kind]
