"""The `eventsub` process."""

from __future__ import annotations

import asyncio
from typing import Any

from django.core.management.base import BaseCommand

from twitch.listener.process import run


class Command(BaseCommand):
    help = "Hears Twitch's events over a WebSocket, or keeps the webhook's subscriptions, for ever."

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(run())
