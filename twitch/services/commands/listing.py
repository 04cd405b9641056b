"""Which commands there are for whom."""

from __future__ import annotations

from itertools import groupby

from twitch import registry, rules
from twitch.models import Command, Permission
from twitch.rules.commands import draw


def by_permission(
    most: Permission = Permission.BROADCASTER,
) -> list[tuple[Permission, list[Command]]]:
    """Return the commands that answer now, for each rank up to `most` that has some of its own."""
    commands = (
        Command.objects.filter(is_enabled=True, permission__lte=most)
        .exclude(kind=Command.Kind.VALUE, value="")
        .order_by("permission", "name")
        .prefetch_related("names")
    )
    there = [row for row in commands if not row.handler or row.handler in registry.commands()]
    return [
        (Permission(rank), list(rows)) for rank, rows in groupby(there, lambda row: row.permission)
    ]


def usage(command: Command) -> str:
    """Return what may follow the command's name, such as "[viewer]"; "" for nothing."""
    found = registry.commands().get(command.handler)
    return found.usage if found else ""


def example(command: Command, user: str) -> str:
    """Return what a written command would answer to somebody of that name; "" for nothing."""
    if command.handler or (command.kind == Command.Kind.VALUE and not command.value):
        return ""
    values = {"user": user, "count": command.count + 1, "value": command.value}
    return rules.chat_line(rules.fill(draw(command.template, lambda options: options[0]), values))
