"""Where the engine finds the flows and the listeners of every app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SagasConfig(AppConfig):
    name = "sagas"
    verbose_name = "Sagas"

    def ready(self) -> None:
        from sagas import checks  # noqa: F401 (registers itself)

        autodiscover_modules("sagas", "listeners")
