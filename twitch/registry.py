"""What apps hook into: actions that a redemption starts, EventSub events, texts for chat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twitch.models import Message, Redemption


@dataclass(frozen=True)
class RewardAction:
    """What a reward can start; `begin` runs in the transaction that stores the redemption."""

    name: str
    label: str
    begin: Callable[[Redemption], None]


@dataclass(frozen=True)
class Text:
    """A chat text: its name, what it says unless reworded, which {variables} it knows."""

    name: str
    default: str
    variables: tuple[str, ...]


EventHandler = Callable[[Message], None]

# Stands for the type of every message that ends a subscription.
REVOCATION = "revocation"

_actions: dict[str, RewardAction] = {}
_event_handlers: dict[str, EventHandler] = {}
_texts: dict[str, Text] = {}


def on_redemption(
    name: str, label: str
) -> Callable[[Callable[[Redemption], None]], Callable[[Redemption], None]]:
    """Register what a redemption of a reward with this action starts."""

    def register(begin: Callable[[Redemption], None]) -> Callable[[Redemption], None]:
        if name in _actions:
            raise ValueError(f"Two reward actions are named {name}.")
        _actions[name] = RewardAction(name, label, begin)
        return begin

    return register


def on_event(event_type: str) -> Callable[[EventHandler], EventHandler]:
    """Register what an EventSub message of this type does: once for each, in a transaction."""

    def register(handler: EventHandler) -> EventHandler:
        if event_type in _event_handlers:
            raise ValueError(f"Two handlers are registered for {event_type}.")
        _event_handlers[event_type] = handler
        return handler

    return register


def chat_text(name: str, default: str, *variables: str) -> Text:
    """Register a text of which the streamer may change the wording."""
    if name in _texts:
        raise ValueError(f"Two chat texts are named {name}.")
    _texts[name] = Text(name, default, variables)
    return _texts[name]


def actions() -> dict[str, RewardAction]:
    return _actions


def event_handler(event_type: str) -> EventHandler | None:
    return _event_handlers.get(event_type)


def texts() -> dict[str, Text]:
    return _texts
