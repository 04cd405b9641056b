"""Show what Twitch has."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sagas.flow import Wait
from twitch.client import subscriptions as client
from twitch.client.errors import HelixError, Unreachable
from twitch.services.subscriptions import WEBHOOK, WEBSOCKET


class Command(BaseCommand):
    help = "Lists the EventSub subscriptions at Twitch, of both transports."

    def handle(self, *args: Any, **options: Any) -> None:
        for transport in (WEBHOOK, WEBSOCKET):
            try:
                rows = list(client.listed(transport))
            except (HelixError, Unreachable, Wait) as error:
                raise CommandError(f"{transport}: {error}") from error
            for row in rows:
                where = row.transport.callback or row.transport.session_id
                self.stdout.write(f"{row.id} {row.type} {row.version} {row.status} {where}")
            self.stdout.write(f"{len(rows)} by {transport}.")
