"""Subscribe now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sagas.flow import Unsure, Wait
from twitch.client.errors import HelixError, Unreachable
from twitch.services.subscriptions import WEBHOOK, SetUpFailed, callback_url, set_up


class Command(BaseCommand):
    help = (
        "Creates the webhook subscriptions that are missing; sockets are the listener's to set up."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = set_up(WEBHOOK)
        except (SetUpFailed, HelixError, Unreachable, Unsure, Wait) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Twitch delivers to {callback_url()}: {done}.")
