"""Takes balances from CSV: our own, or another bot's."""

from __future__ import annotations

from argparse import ArgumentParser
from getpass import getuser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from points.services import spreadsheet
from points.services.decisions import By
from points.services.spreadsheet import NotImported


class Command(BaseCommand):
    help = (
        "Set balances to those of a CSV file that names the columns balance (or points), and"
        " viewer_id or login (or both); all lines or none."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--add", action="store_true", help="Add to what viewers have.")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would change.")
        parser.add_argument(
            "--why", default="", help="What viewers read of it; by default the file."
        )

    def handle(
        self, *args: Any, file: Path, add: bool, dry_run: bool, why: str, **options: Any
    ) -> None:
        by = By(f"points_import ({getuser()})", (why.strip() or file.name)[:150])
        try:
            with file.open(encoding="utf-8-sig", newline="") as text:
                rows = spreadsheet.read(text)
            with transaction.atomic():
                changes = spreadsheet.bring_in(rows, by, add=add)
                transaction.set_rollback(dry_run)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The file cannot be read: {error}") from error
        except NotImported as refused:
            raise CommandError("\n".join([str(refused), *refused.problems])) from refused
        for line in spreadsheet.lines(changes):
            self.stdout.write(line)
        self.stdout.write("Nothing was changed: this was a dry run." if dry_run else "Done.")
