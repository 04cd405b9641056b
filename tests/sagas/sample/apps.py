"""An app for tests of the engine; its tables are made without migrations."""

from __future__ import annotations

from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "tests.sagas.sample"
    label = "sample"

    def ready(self) -> None:
        from tests.sagas.sample import saboteur

        saboteur.watch()
