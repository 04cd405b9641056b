from __future__ import annotations

from django.apps import AppConfig


class StudioConfig(AppConfig):
    name = "studio"
    verbose_name = "Studio"

    def ready(self) -> None:
        from accounts.registry import role
        from studio.services.roles import DECIDE, LOOK, MODERATE_SONGS, SEND_SAMPLES

        role("Song queue moderator", LOOK, MODERATE_SONGS)
        role("Show moderator", LOOK, MODERATE_SONGS, SEND_SAMPLES)
        role("Redemption moderator", LOOK, DECIDE)
