"""Ties the apps to the processes: the Celery application and the clock's schedule."""

from __future__ import annotations

import gc

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate

from config import celery, schedule


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Greenroom"

    def ready(self) -> None:
        # Every process that pokes workers must speak to this application's broker.
        celery.app.set_default()
        # The clock's tables are there once its own app is migrated.
        post_migrate.connect(schedule.write, sender=apps.get_app_config("django_celery_beat"))
        # What is loaded by now stays for good. To look through it for garbage once more, at its
        # end, would cost each process half a second, just when all of them are to stop.
        gc.freeze()
