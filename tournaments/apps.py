from __future__ import annotations

from django.apps import AppConfig


class TournamentsConfig(AppConfig):
    name = "tournaments"
    verbose_name = "Tournaments"

    def ready(self) -> None:
        from accounts.registry import role

        role("Tournament curator", "tournaments.curate")
        role("Match official", "tournaments.enter_results", "tournaments.run_votes")
