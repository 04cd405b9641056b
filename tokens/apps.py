"""Where the tokens' part finds the providers."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from django.utils.module_loading import autodiscover_modules

from tokens.fields import check_keys


class TokensConfig(AppConfig):
    name = "tokens"
    verbose_name = "Connections"

    def ready(self) -> None:
        checks.register(check_keys, checks.Tags.security)
        autodiscover_modules("client")
