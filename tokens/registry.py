"""What a provider of tokens must be able to do, and which providers there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr

APP = "app"


@dataclass(frozen=True)
class Grant:
    """Tokens as a provider gave them; `refresh_token` is empty where it sent none.

    `expires_in` is in seconds.
    """

    access_token: SecretStr
    refresh_token: SecretStr
    expires_in: int
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Identity:
    """Whose token it is, and what it may do; no scopes where the provider does not tell."""

    account_id: str
    account_name: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Role:
    """A part that an account plays; `scopes` maps each permission asked for to what it is for.

    `about` tells the person who connects it what it does. `next_page` is where they may want to go
    then: the name of a view, a label, and what there is.
    """

    label: str
    scopes: Mapping[str, str]
    is_optional: bool = False
    about: str = ""
    next_page: tuple[str, str, str] | None = None


class GrantRefused(Exception):
    """The provider refuses this code or refresh token for good: only a new consent helps."""


class GrantFailed(Exception):
    """No tokens this time: the provider cannot be reached, is in trouble, or has an objection."""


class TokenRejected(Exception):
    """The provider does not accept this access token (any more)."""


class WrongAccount(Exception):
    """This account cannot play that role; the message says which one is meant."""


class UnusableAddress(Exception):
    """The provider would send nobody back to this address; the message says what would do."""


class Provider(Protocol):
    """One provider's OAuth; from `exchange` on, its methods speak HTTP.

    `needed_settings` must be set before anybody can be connected. `wants_validation` is whether
    it is to be asked every hour if our tokens still hold.
    """

    name: str
    label: str
    roles: Mapping[str, Role]
    needed_settings: tuple[str, ...]
    offers_pkce: bool
    wants_validation: bool

    def home(self, public_url: str) -> str:
        """Return our address as the provider sends people back to it; raises UnusableAddress."""
        ...

    def authorize_url(self, role: str, state: str, redirect_uri: str, challenge: str) -> str:
        """Return where a person gives their consent; `challenge` is PKCE's S256 one, or empty."""
        ...

    def check_account(self, role: str, account: Identity) -> None:
        """Raise WrongAccount when this account cannot play that role."""
        ...

    def exchange(self, code: str, redirect_uri: str, verifier: SecretStr) -> Grant:
        """Turn a code into tokens; raises GrantRefused or GrantFailed."""
        ...

    def refresh(self, refresh_token: SecretStr) -> Grant:
        """Return new tokens; raises GrantRefused or GrantFailed."""
        ...

    def app_grant(self) -> Grant:
        """Return a token of the application itself; raises GrantFailed."""
        ...

    def identify(self, access_token: SecretStr) -> Identity:
        """Return whose token it is; raises TokenRejected or GrantFailed."""
        ...


_providers: dict[str, Provider] = {}


def register(provider: Provider) -> None:
    if provider.name in _providers:
        raise ValueError(f"Two providers are named {provider.name}.")
    _providers[provider.name] = provider


def find(name: str) -> Provider:
    """Return the provider of that name; raises KeyError."""
    return _providers[name]


def every() -> list[Provider]:
    return list(_providers.values())
