"""Spotify's OAuth: consent pages, codes, refreshes, and whose token it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlencode, urlsplit

import requests
from django.conf import settings
from pydantic import SecretStr

from spotify.client import errors, http
from spotify.client.web import WebSession
from tokens.registry import (
    Grant,
    GrantFailed,
    GrantRefused,
    Identity,
    Role,
    TokenRejected,
    UnusableAddress,
)

NAME = "spotify"
PLAYER = "player"
STATE = "user-read-playback-state"
CURRENT = "user-read-currently-playing"
MODIFY = "user-modify-playback-state"

# Tokens are renewed while a row is locked and, often, within a step's time limit.
PATIENCE = (3.0, 5.0)
YEAR = 366 * 24 * 60 * 60

ROLES: Mapping[str, Role] = {
    PLAYER: Role(
        "Player",
        {
            STATE: "see on which device the player plays, and how far it is",
            CURRENT: "see what plays and what comes next",
            MODIFY: "put requested songs into the queue, and skip",
        },
        is_optional=True,
        about="Viewers' requests are queued in this account's player. Spotify asks for Premium.",
    )
}


class SpotifyOAuth:
    """Spotify as a provider of tokens."""

    name = NAME
    label = "Spotify"
    roles = ROLES
    offers_pkce = True
    # Asking whose token it is would cost a call of the Web API, of which there are few.
    wants_validation = False
    needed_settings: tuple[str, ...] = ("SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET")

    def home(self, public_url: str) -> str:
        """Spotify refuses the name `localhost`, and http to anything but a loopback address."""
        parts = urlsplit(public_url)
        if parts.hostname == "localhost":
            port = f":{parts.port}" if parts.port else ""
            return parts._replace(netloc=f"127.0.0.1{port}").geturl()
        if parts.scheme == "https" or parts.hostname in ("127.0.0.1", "::1"):
            return public_url
        raise UnusableAddress(
            f"Spotify sends people back only to https addresses; PUBLIC_URL is {public_url}:"
            " give Greenroom an https address, or open it on its own machine."
        )

    def authorize_url(self, role: str, state: str, redirect_uri: str, challenge: str) -> str:
        query = {
            "response_type": "code",
            "client_id": settings.SPOTIFY_CLIENT_ID,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self.roles[role].scopes),
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            # Whoever is signed in to Spotify in this browser may be somebody else.
            "show_dialog": "true",
        }
        return f"{settings.SPOTIFY_AUTH_URL}/authorize?{urlencode(query)}"

    def check_account(self, role: str, account: Identity) -> None:
        """Every account may be the player's."""

    def exchange(self, code: str, redirect_uri: str, verifier: SecretStr) -> Grant:
        return _ask(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect_uri,
                "code_verifier": verifier.get_secret_value(),
            }
        )

    def refresh(self, refresh_token: SecretStr) -> Grant:
        return _ask(
            {"grant_type": "refresh_token", "refresh_token": refresh_token.get_secret_value()}
        )

    def app_grant(self) -> Grant:
        return _ask({"grant_type": "client_credentials"})

    def identify(self, access_token: SecretStr) -> Identity:
        """Ask whose token it is, which is one counted call; Spotify does not say the scopes."""
        try:
            answer = _web(os.getpid()).request(
                "GET",
                f"{settings.SPOTIFY_API_URL}/me",
                headers={"Authorization": f"Bearer {access_token.get_secret_value()}"},
            )
        except errors.TokenRefused as error:
            raise TokenRejected("Spotify does not accept this token.") from error
        except errors.SpotifyProblem as error:
            raise GrantFailed(error.sentence.rstrip(".")) from error
        said = http.decoded(answer)
        account = said if isinstance(said, dict) else {}
        account_id = account.get("account_id") or account.get("id")
        if not isinstance(account_id, str) or not account_id.isprintable():
            raise GrantFailed("Spotify's answer cannot be understood")
        name = account.get("display_name")
        shown = (
            name if isinstance(name, str) and name.isprintable() and name.strip() else account_id
        )
        return Identity(account_id[:64], shown[:128], ())


def _ask(form: Mapping[str, str]) -> Grant:
    """Ask for tokens. What is answered never gets into an error: it may hold them."""
    client = (settings.SPOTIFY_CLIENT_ID, settings.SPOTIFY_CLIENT_SECRET)
    try:
        response = _accounts(os.getpid()).request(
            "POST",
            f"{settings.SPOTIFY_AUTH_URL}/api/token",
            data=form,
            auth=client,
            timeout=PATIENCE,
        )
    except (requests.RequestException, OSError) as error:
        raise GrantFailed(f"Spotify cannot be reached ({type(error).__name__})") from None
    try:
        payload = http.decoded(response)
    except ValueError:
        payload = None
    said = payload if isinstance(payload, dict) else {}
    if response.status_code == 200:
        return _grant(said)
    if said.get("error") == "invalid_grant":
        raise GrantRefused("Spotify answered: the consent is gone")
    raise GrantFailed(f"Spotify answered {response.status_code}: {_word(said.get('error'))}")


def _grant(said: Mapping[str, object]) -> Grant:
    access, refresh = said.get("access_token"), said.get("refresh_token") or ""
    life, scope = said.get("expires_in"), said.get("scope") or ""
    if not (
        isinstance(access, str)
        and access
        and isinstance(refresh, str)
        and isinstance(scope, str)
        and isinstance(life, int)
        and 0 < life <= YEAR
    ):
        raise GrantFailed("Spotify's answer cannot be understood")
    return Grant(SecretStr(access), SecretStr(refresh), life, tuple(scope.split()))


def _word(value: object) -> str:
    is_word = isinstance(value, str) and value.isascii() and value.isprintable()
    return str(value)[:60] if is_word else "no reason given"


@lru_cache(maxsize=1)
def _accounts(_pid: int) -> http.Session:
    return http.Session()


@lru_cache(maxsize=1)
def _web(_pid: int) -> WebSession:
    return WebSession(urgent=True)
