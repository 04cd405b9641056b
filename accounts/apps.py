from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from accounts.services import roles

        # Importing it is what makes it known to the schema's generator.
        import_module("accounts.schema")
        autodiscover_modules("personal")
        # After every app: a role's rights may be those of any.
        post_migrate.connect(roles.write)
