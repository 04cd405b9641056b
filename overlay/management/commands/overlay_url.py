"""Print the address of the overlay for OBS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from overlay import services


class Command(BaseCommand):
    help = "Prints an address of the overlay for OBS; it works until it is revoked."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(services.address(services.starter()))
