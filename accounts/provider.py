"""Twitch and Discord as allauth knows them, asked for no more than who somebody is.

allauth proves the identity (state, code, profile); what follows from it is `accounts.adapter`.
"""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.discord.provider import DiscordProvider
from allauth.socialaccount.providers.discord.views import DiscordOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from allauth.socialaccount.providers.twitch.provider import TwitchProvider
from allauth.socialaccount.providers.twitch.views import TwitchOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class _Adapter(OAuth2Adapter):  # type: ignore[misc]
    """What both have in common: addresses from the settings, and no trust in what is answered."""

    def get_callback_url(self, request: HttpRequest, app: object) -> str:
        """Return the address that is registered at the provider, to the letter."""
        return f"{settings.PUBLIC_URL}{reverse('sign_in_callback', args=[self.provider_id])}"

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Keep nothing but the access token, which is used once and forgotten."""
        return SocialToken(token=str(data["access_token"]))

    def complete_login(
        self, request: HttpRequest, app: Any, token: SocialToken, **more: Any
    ) -> SocialLogin:
        try:
            return super().complete_login(request, app, token, **more)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise OAuth2Error("The profile cannot be read.") from error


class _TwitchAdapter(_Adapter, TwitchOAuth2Adapter):  # type: ignore[misc]
    @property
    def authorize_url(self) -> str:
        return f"{settings.TWITCH_AUTH_URL}/authorize"

    @property
    def access_token_url(self) -> str:
        return f"{settings.TWITCH_AUTH_URL}/token"

    @property
    def profile_url(self) -> str:
        return f"{settings.TWITCH_API_URL}/users"


class _DiscordAdapter(_Adapter, DiscordOAuth2Adapter):  # type: ignore[misc]
    @property
    def authorize_url(self) -> str:
        return settings.DISCORD_AUTHORIZE_URL

    @property
    def access_token_url(self) -> str:
        return f"{settings.DISCORD_API_URL}/oauth2/token"

    @property
    def profile_url(self) -> str:
        return f"{settings.DISCORD_API_URL}/users/@me"


class Twitch(TwitchProvider):  # type: ignore[misc]
    oauth2_adapter_class = _TwitchAdapter

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, str]:
        login = str(data["login"])
        return {"login": login, "name": str(data.get("display_name") or login)}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}


class Discord(DiscordProvider):  # type: ignore[misc]
    oauth2_adapter_class = _DiscordAdapter

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, str]:
        login = str(data["username"])
        return {"login": login, "name": str(data.get("global_name") or login)}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []


# What allauth looks for in this module.
provider_classes = [Twitch, Discord]
