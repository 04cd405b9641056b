"""What apps hook into: rewards' actions, EventSub events, chat commands, texts for chat."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from twitch.models import Message, Permission, Redemption, Viewer
from twitch.models.command import LONGEST_COOLDOWN, NAME

__all__ = [
    "REVOCATION",
    "ComputedCommand",
    "EventHandler",
    "Invocation",
    "Permission",
    "RewardAction",
    "Text",
    "actions",
    "chat_text",
    "command",
    "commands",
    "event_handler",
    "is_wanted",
    "on_event",
    "on_redemption",
    "texts",
]


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


@dataclass(frozen=True)
class Invocation:
    """A command that a viewer typed; `permission` is the viewer's rank in chat.

    `name` is the name or alias as typed, in lower case; `argument` is the rest of the line on one
    line, trimmed, its case kept.
    """

    message_id: str
    viewer: Viewer
    permission: Permission
    name: str
    argument: str
    at: datetime


@dataclass(frozen=True)
class ComputedCommand:
    """A command that code answers, with the settings that its row begins with."""

    name: str
    answer: Callable[[Invocation], str]
    help: str
    usage: str
    aliases: tuple[str, ...]
    permission: Permission
    cooldown: timedelta
    viewer_cooldown: timedelta
    only_live: bool


EventHandler = Callable[[Message], None]
Screen = Callable[[Mapping[str, Any]], bool]

# Stands for the type of every message that ends a subscription.
REVOCATION = "revocation"

_actions: dict[str, RewardAction] = {}
_event_handlers: dict[str, EventHandler] = {}
_screens: dict[str, Screen] = {}
_commands: dict[str, ComputedCommand] = {}
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


def on_event(event_type: str, only: Screen | None = None) -> Callable[[EventHandler], EventHandler]:
    """Register what an EventSub message of this type does: once for each, in a transaction.

    A type of which most messages mean nothing says with `only` which events it wants; the others
    are answered at the door and leave no trace. It is asked for every event: it looks at nothing
    but the event, and takes what it does not understand.
    """

    def register(handler: EventHandler) -> EventHandler:
        if event_type in _event_handlers:
            raise ValueError(f"Two handlers are registered for {event_type}.")
        _event_handlers[event_type] = handler
        if only is not None:
            _screens[event_type] = only
        return handler

    return register


def command(
    name: str,
    *,
    help: str,
    usage: str = "",
    aliases: tuple[str, ...] = (),
    permission: Permission = Permission.EVERYONE,
    cooldown: timedelta = timedelta(0),
    viewer_cooldown: timedelta = timedelta(0),
    only_live: bool = False,
) -> Callable[[Callable[[Invocation], str]], Callable[[Invocation], str]]:
    """Register what answers a chat command; "" says nothing.

    The function runs once for each chat message, in one transaction with the record of its answer,
    so it only reads and writes our database and starts sagas for anything else. A `Refused` that it
    raises takes its writes back and its sentence is the answer. `usage` says what may follow the
    name, such as "[viewer]". The settings are those that the streamer finds at first.
    """

    def register(answer: Callable[[Invocation], str]) -> Callable[[Invocation], str]:
        for word in (name, *aliases):
            if not re.match(NAME, word):
                raise ValueError(f"{word!r} cannot be the name of a command.")
        if name in _commands:
            raise ValueError(f"Two commands are named {name}.")
        if max(cooldown, viewer_cooldown) > timedelta(seconds=LONGEST_COOLDOWN):
            raise ValueError(f"The cooldown of {name} is longer than a day.")
        _commands[name] = ComputedCommand(
            name, answer, help, usage, aliases, permission, cooldown, viewer_cooldown, only_live
        )
        return answer

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


def is_wanted(event_type: str, payload: Mapping[str, Any]) -> bool:
    """Tell whether a message of EventSub is worth storing, from its type and its JSON."""
    screen, event = _screens.get(event_type), payload.get("event")
    return screen is None or not isinstance(event, dict) or screen(event)


def commands() -> dict[str, ComputedCommand]:
    return _commands


def texts() -> dict[str, Text]:
    return _texts
