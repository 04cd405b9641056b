"""Where Twitch's part finds what apps do with redemptions, notifications and commands."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class TwitchConfig(AppConfig):
    name = "twitch"
    verbose_name = "Twitch"

    def ready(self) -> None:
        autodiscover_modules("redemptions", "notifications", "commands")
        # Their models are known only from here on.
        from twitch.services.commands import editing

        post_migrate.connect(editing.install, sender=self)
