"""Delete what is of no use."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sagas.flow import Wait
from twitch.client.errors import HelixError, Unreachable
from twitch.services.subscriptions import WEBHOOK, cleanup


class Command(BaseCommand):
    help = "Deletes webhook subscriptions that do not work or deliver to another address."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            deleted, failures = cleanup(WEBHOOK)
        except (HelixError, Unreachable, Wait) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{deleted} deleted.")
        if failures:
            raise CommandError("Not deleted: " + "; ".join(failures))
