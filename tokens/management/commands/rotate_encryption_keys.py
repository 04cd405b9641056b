"""`manage.py rotate_encryption_keys`: encrypt everything anew with the newest key."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Model

from tokens.fields import EncryptedTextField, Undecryptable


class Command(BaseCommand):
    help = (
        "Encrypts every secret in the database anew with the first of ENCRYPTION_KEYS."
        " Put the new key first, run this, then drop the old key."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for model in apps.get_models():
            names = [f.name for f in model._meta.local_fields if isinstance(f, EncryptedTextField)]
            if names:
                count += _rotate(model, names)
        self.stdout.write(f"{count} rows are encrypted with the newest key.")


def _rotate(model: type[Model], names: list[str]) -> int:
    """Encrypt these columns of every row anew; each is locked meanwhile, so no refresh is lost."""
    keys = list(model._base_manager.values_list("pk", flat=True))
    for key in keys:
        try:
            with transaction.atomic():
                row = model._base_manager.select_for_update().filter(pk=key).first()
                if row is not None:
                    row.save(update_fields=names)
        except Undecryptable as error:
            raise CommandError(
                f"The {model._meta.verbose_name} {key} was encrypted with a key that is not in"
                " ENCRYPTION_KEYS. Add that key and run this again; nothing was lost."
            ) from error
    return len(keys)
