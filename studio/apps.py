from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class StudioConfig(AppConfig):
    name = "studio"
    verbose_name = "Studio"

    def ready(self) -> None:
        from studio.services import roles

        post_migrate.connect(roles.write, sender=self)
