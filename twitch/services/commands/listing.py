"""Which commands there are for whom."""

from __future__ import annotations

from itertools import groupby

from twitch import registry
from twitch.models import Command, Permission


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
