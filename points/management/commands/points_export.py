"""Writes every balance as CSV."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from points.services import spreadsheet


class Command(BaseCommand):
    help = "Write every account as CSV, to a file or to the screen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        if file is None:
            spreadsheet.write(self.stdout)  # type: ignore[arg-type]
            return
        try:
            with file.open("w", encoding="utf-8", newline="") as out:
                count = spreadsheet.write(out)
        except OSError as error:
            raise CommandError(f"The file cannot be written: {error}") from error
        self.stdout.write(f"{count:,} accounts are in {file}.")
