"""The page on which viewers look up the chat commands."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from twitch.models import Command
from twitch.services.commands import listing


@require_safe
def commands(request: HttpRequest) -> HttpResponse:
    """Show the commands that answer now, by who may use them."""
    tiers = [
        (rank, [(row, listing.usage(row), _about(row)) for row in rows])
        for rank, rows in listing.by_permission()
    ]
    return render(
        request, "twitch/commands.html", {"tiers": tiers, "rehearsal": settings.REHEARSAL}
    )


def _about(command: Command) -> str:
    return command.description or listing.example(command, "you")
