"""Commands made, changed and deleted by people, with every name belonging to one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from django.apps import apps as current_apps
from django.db import IntegrityError, transaction

from sagas.flow import Refused
from twitch import registry, texts
from twitch.models import Command, CommandName, Permission
from twitch.models.command import NAME
from twitch.registry import ComputedCommand
from twitch.rules.commands import placeholder_problem
from twitch.services import chat

log = structlog.get_logger(__name__)

MOST_ALIASES = 20
# What people are told of the placeholders below.
PLACEHOLDER_HELP = (
    "{user} is who asks · {count} how often it was used · {value} what !update has set ·"
    " {random:yes|no|maybe} one of these."
)
PLACEHOLDERS = {
    Command.Kind.TEXT: ("user", "count"),
    Command.Kind.VALUE: ("user", "count", "value"),
}


class NotPossible(Exception):
    """A command cannot be so; `field` is the one to change, `code` is for programs."""

    def __init__(self, field: str, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.code = code
        self.sentence = sentence


class NameTaken(NotPossible):
    """Another command has this name or alias."""

    def __init__(self, field: str, word: str = "") -> None:
        which = f"!{word}" if word else "A name or alias"
        super().__init__(field, "name_taken", f"{which} belongs to another command already.")


def check(command: Command, aliases: Iterable[str]) -> None:
    """Raise NotPossible unless a command may be so, with these other names."""
    others = [alias for alias in aliases if alias != command.name]
    for word in (command.name, *others):
        if not re.fullmatch(NAME, word):
            field = "name" if word == command.name else "aliases"
            raise NotPossible(field, "invalid_name", "A name is 1 to 50 of a-z, 0-9 and -.")
    if len(set(others)) > MOST_ALIASES:
        raise NotPossible("aliases", "too_many_aliases", f"At most {MOST_ALIASES} aliases.")
    if (command.kind == Command.Kind.COMPUTED) != bool(command.handler):
        raise NotPossible("kind", "fixed_kind", "What code computes is for the code to say.")
    if command.handler:
        if command.template or command.value:
            raise NotPossible("template", "computed", "The answer of this command is computed.")
    elif not command.template.strip():
        raise NotPossible("template", "no_text", "Say what is answered.")
    elif problem := placeholder_problem(command.template, PLACEHOLDERS[Command.Kind(command.kind)]):
        raise NotPossible("template", "unknown_placeholder", problem)
    taken = CommandName.objects.filter(name__in=[command.name, *others]).exclude(command=command.pk)
    for word in taken.values_list("name", flat=True):
        raise NameTaken("name" if word == command.name else "aliases", word)


def create(settings: Mapping[str, Any], aliases: Iterable[str]) -> Command:
    """Make a command of these columns; raises NotPossible."""
    command = Command(**settings)
    save(command, aliases)
    return command


@transaction.atomic
def change(name: str, settings: Mapping[str, Any], aliases: Iterable[str] | None = None) -> Command:
    """Change these columns, and the aliases if given, of the command with this name.

    Raises NotPossible, and Command.DoesNotExist.
    """
    command = Command.objects.select_for_update(no_key=True).get(name=name)
    words = command.aliases if aliases is None else aliases
    for column, value in settings.items():
        setattr(command, column, value)
    save(command, words, settings)
    return command


def save(command: Command, aliases: Iterable[str], changed: Iterable[str] = ()) -> None:
    """Store a command with exactly these aliases beside its name; raises NotPossible.

    Of a command that is there only the `changed` columns are written: chat goes on counting and
    updating while a person edits.
    """
    words = {command.name, *aliases}
    check(command, words)
    try:
        with transaction.atomic():
            if command.pk:
                command.save(update_fields=list(changed))
            else:
                command.save()
            command.names.exclude(name__in=words).delete()
            known = set(command.names.values_list("name", flat=True))
            CommandName.objects.bulk_create(
                CommandName(name=word, command=command) for word in sorted(words - known)
            )
    except IntegrityError as error:
        # Somebody was quicker since the check.
        raise NameTaken("name") from error


def delete(command: Command) -> None:
    """Delete a command, its names and its count; raises NotPossible for a computed one."""
    if command.handler:
        raise NotPossible(
            "kind", "computed", "A computed command is switched off instead of deleted."
        )
    command.delete()


def write_value(word: str, value: str, caller: Permission) -> Command:
    """Let chat set a command's value; raises Refused, whose sentence says why not.

    The right to do so is judged under the lock under which the value is written.
    """
    with transaction.atomic():
        command = Command.objects.called(word).select_for_update(of=("self",), no_key=True).first()
        if command is None or command.kind != Command.Kind.VALUE:
            raise Refused("not_updatable", chat.render(texts.NOT_UPDATABLE, command=word))
        if caller < command.write_permission:
            who = Permission(command.write_permission).label
            raise Refused(
                "not_allowed",
                chat.render(texts.UPDATE_NOT_ALLOWED, command=command.name, permission=who),
            )
        command.value = value
        command.save(update_fields=["value"])
    return command


# --- What comes with Greenroom ---------------------------------------------------------------


def install(apps: Any = current_apps, **_: object) -> None:
    """Give each computed command its row; one that is there stays as the streamer made it.

    A name that another command has by now is left to that one.
    """
    try:
        rows = apps.get_model("twitch", "Command").objects
        names = apps.get_model("twitch", "CommandName").objects
    except LookupError:
        return
    for found in registry.commands().values():
        if rows.filter(handler=found.name).exists():
            continue
        words = {found.name, *found.aliases}
        taken = set(names.filter(name__in=words).values_list("name", flat=True))
        if found.name in taken:
            log.warning("command.name_taken", command=found.name)
            continue
        command = rows.create(**_settings(found))
        for word in sorted(words - taken):
            names.create(name=word, command=command)


def _settings(found: ComputedCommand) -> dict[str, Any]:
    return {
        "name": found.name,
        "kind": Command.Kind.COMPUTED,
        "handler": found.name,
        "description": found.help,
        "permission": found.permission,
        "cooldown_seconds": int(found.cooldown.total_seconds()),
        "viewer_cooldown_seconds": int(found.viewer_cooldown.total_seconds()),
        "only_live": found.only_live,
    }
