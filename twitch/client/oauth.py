"""Twitch's OAuth: consent pages, codes, refreshes, and whose token it is."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings
from pydantic import SecretStr, ValidationError

from sagas.flow import RateLimited, Unsure
from tokens.registry import (
    Grant,
    GrantFailed,
    GrantRefused,
    Identity,
    Role,
    TokenRejected,
    WrongAccount,
)
from twitch.client import http
from twitch.client.errors import Unreachable
from twitch.client.payloads import TokenPayload, ValidationPayload

# Tokens are renewed while a row is locked and, often, within a step's time limit.
PATIENCE = 5.0

BROADCASTER = "broadcaster"
BOT = "bot"

ROLES: Mapping[str, Role] = {
    BROADCASTER: Role(
        "Broadcaster",
        {
            "channel:read:redemptions": "hear of redemptions",
            "channel:manage:redemptions": "make rewards, fulfil and refund redemptions",
            "user:read:chat": "read chat",
            "user:write:chat": "write to chat",
            "moderator:manage:shoutouts": "give shoutouts",
            "channel:read:subscriptions": "know subscribers",
            "channel:read:vips": "know VIPs",
            "moderation:read": "know moderators",
            "bits:read": "hear of cheers",
            "moderator:read:followers": "hear of new followers",
            "user:bot": "let the app write as this account",
            "channel:bot": "let a bot join the channel",
        },
        about="Greenroom hears of redemptions, and fulfils and refunds them, as the broadcaster.",
        next_page=(
            "admin:twitch_reward_add",
            "Make a reward",
            "Viewers redeem it with channel points",
        ),
    ),
    BOT: Role(
        "Bot",
        {
            "user:read:chat": "read chat",
            "user:write:chat": "write to chat under its own name",
            "user:bot": "be known as a bot",
        },
        is_optional=True,
        about="A second account that speaks in chat. Without one, the broadcaster speaks.",
    ),
}


class TwitchOAuth:
    """Twitch as a provider of tokens."""

    name = "twitch"
    label = "Twitch"
    roles = ROLES
    needed_settings: tuple[str, ...] = ("TWITCH_CLIENT_ID", "TWITCH_CLIENT_SECRET")
    wants_validation = True
    # Twitch's authorization code flow has a client secret and no PKCE.
    offers_pkce = False

    def home(self, public_url: str) -> str:
        return public_url

    def authorize_url(self, role: str, state: str, redirect_uri: str, challenge: str) -> str:
        query = {
            "response_type": "code",
            "client_id": settings.TWITCH_CLIENT_ID,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self.roles[role].scopes),
            "state": state,
            # Whoever is signed in to Twitch in this browser may be the other account.
            "force_verify": "true",
        }
        if challenge:
            query |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        return f"{settings.TWITCH_AUTH_URL}/authorize?{urlencode(query)}"

    def check_account(self, role: str, account: Identity) -> None:
        wanted = settings.TWITCH_BROADCASTER_ID
        if role == BROADCASTER and wanted and account.account_id != wanted:
            raise WrongAccount(
                f"This account is {account.account_name} ({account.account_id}), but the channel"
                f" is {wanted} (TWITCH_BROADCASTER_ID). Sign in to Twitch as the broadcaster and"
                " begin anew."
            )

    def exchange(self, code: str, redirect_uri: str, verifier: SecretStr) -> Grant:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        if verifier.get_secret_value():
            form["code_verifier"] = verifier.get_secret_value()
        return _ask(form, refusal="invalid authorization code")

    def refresh(self, refresh_token: SecretStr) -> Grant:
        return _ask(
            {"grant_type": "refresh_token", "refresh_token": refresh_token.get_secret_value()},
            refusal="invalid refresh token",
        )

    def app_grant(self) -> Grant:
        return _ask({"grant_type": "client_credentials"}, refusal="")

    def identify(self, access_token: SecretStr) -> Identity:
        headers = {"Authorization": f"OAuth {access_token.get_secret_value()}"}
        try:
            answer = http.send(
                "GET", f"{settings.TWITCH_AUTH_URL}/validate", headers=headers, has_effect=False
            )
        except (Unreachable, RateLimited) as error:
            raise GrantFailed(str(error)) from error
        if answer.status == 401:
            raise TokenRejected("Twitch does not accept this token.")
        if answer.status != 200:
            raise GrantFailed(f"Twitch answered {answer.status}")
        try:
            payload = ValidationPayload.model_validate(answer.payload)
        except ValidationError as error:
            raise GrantFailed("Twitch's answer cannot be understood") from error
        if payload.client_id != settings.TWITCH_CLIENT_ID:
            raise TokenRejected("This token was given to another application.")
        return Identity(payload.user_id, payload.login, tuple(payload.scopes))


def _ask(form: Mapping[str, str], refusal: str) -> Grant:
    """Ask for tokens; `refusal` is how Twitch words that this code or token is no good any more."""
    client = {
        "client_id": settings.TWITCH_CLIENT_ID,
        "client_secret": settings.TWITCH_CLIENT_SECRET,
    }
    try:
        answer = http.send(
            "POST",
            f"{settings.TWITCH_AUTH_URL}/token",
            form={**client, **form},
            read_timeout=PATIENCE,
            has_effect=True,
        )
    except (Unreachable, Unsure, RateLimited) as error:
        raise GrantFailed(str(error)) from error
    if answer.status != 200:
        said = f"{answer.payload.get('error', '')} {answer.message}".lower()
        # A wrong client secret is a 403: a 401 is about whoever gave the consent.
        is_consent_gone = answer.status == 401 and form["grant_type"] == "refresh_token"
        if is_consent_gone or "invalid_grant" in said or (refusal and refusal in said):
            raise GrantRefused(f"Twitch answered: {answer.message}")
        raise GrantFailed(f"Twitch answered {answer.status}: {answer.message}")
    try:
        payload = TokenPayload.model_validate(answer.payload)
    except ValidationError:
        # Not chained: the error would carry what was answered, tokens and all.
        raise GrantFailed("Twitch's answer cannot be understood") from None
    return Grant(
        payload.access_token, payload.refresh_token, payload.expires_in, tuple(payload.scope)
    )
