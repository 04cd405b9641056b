"""Proves that every balance is what the entries make."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from points.services import audit


class Command(BaseCommand):
    help = "Check every balance, entry and hold; exit with 1 and a list of what is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit.check()
        for finding in found:
            self.stdout.write(finding)
        self.stdout.write(str(audit.sums()))
        audit.remember(found)
        if found:
            raise CommandError(f"The ledger is wrong in {len(found)} places.")
        self.stdout.write("The ledger is right.")
