"""Proves that what was counted is what the history says, or makes it so."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from achievements.models import HeardFact, Standing
from achievements.services import corrections, standings


class Command(BaseCommand):
    help = "Count the whole history again and compare; --repair writes what it leads to."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Correct what differs.")

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        if repair:
            different = corrections.recount(None, actor=None, actor_name="achievements_recount")
        else:
            with transaction.atomic():
                # Nothing is counted between the two sides of the comparison.
                standings.hold()
                different = corrections.differences()
        for key, viewer_id, session_id in different:
            self.stdout.write(f"{key} of viewer {viewer_id} {session_id}".rstrip())
        facts, rows = HeardFact.objects.count(), Standing.objects.count()
        if different and not repair:
            raise CommandError(f"{len(different)} standings differ; --repair corrects them.")
        done = f"{len(different)} corrected" if repair else "none differs"
        self.stdout.write(f"{facts} facts, {rows} standings: {done}.")
