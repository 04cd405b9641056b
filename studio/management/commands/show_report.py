"""Print what became of a show, from what is stored."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.services.report import report
from twitch.models import StreamSession


class Command(BaseCommand):
    help = "Prints the report of a show as JSON; the same each time once the show is over."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("session", nargs="?", help="Of which show; by default the newest.")

    def handle(self, *args: Any, **options: Any) -> None:
        sessions = StreamSession.objects.order_by("-started_at")
        if wanted := options["session"]:
            sessions = sessions.filter(pk=wanted)
        session = sessions.first()
        if session is None:
            raise CommandError("There is no such show." if wanted else "There was no show yet.")
        self.stdout.write(json.dumps(report(session), indent=2, ensure_ascii=False))
