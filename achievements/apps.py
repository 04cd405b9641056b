from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AchievementsConfig(AppConfig):
    name = "achievements"
    verbose_name = "Achievements"

    def ready(self) -> None:
        from achievements.services import shipped

        post_migrate.connect(shipped.bring, sender=self)
