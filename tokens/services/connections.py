"""What people see of the connections: which there are, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.urls import reverse

from tokens import registry
from tokens.models import Token
from tokens.registry import Provider, Role

State = Literal["connected", "not_connected", "reconnect_needed", "missing_scope", "unavailable"]


@dataclass(frozen=True)
class Connection:
    """One role at one provider, for a page: `sentence` says what is wrong, or is empty.

    `is_problem` is whether a person has to do something; an optional role may be left unconnected.
    """

    provider: str
    provider_label: str
    role: str
    role_label: str
    about: str
    account_name: str
    state: State
    sentence: str
    is_problem: bool
    expires_at: datetime | None
    connect_url: str


def connections() -> list[Connection]:
    """Return every role of every provider, connected or not."""
    rows = {(token.provider, token.role): token for token in Token.objects.without_secrets()}
    return [
        _connection(provider, name, role, rows.get((provider.name, name)))
        for provider in registry.every()
        for name, role in provider.roles.items()
    ]


def is_connected(provider: str, role: str) -> bool:
    """Whether that account is connected and its consent still holds."""
    return Token.objects.filter(provider=provider, role=role, reconnect_needed=False).exists()


def missing_scopes(provider: str, role: str) -> list[str]:
    """Return the permissions that this account has not granted; all, if it is not connected."""
    row = (
        Token.objects.filter(provider=provider, role=role).values_list("scopes", flat=True).first()
    )
    return [
        scope for scope in registry.find(provider).roles[role].scopes if scope not in (row or [])
    ]


def _connection(provider: Provider, name: str, role: Role, token: Token | None) -> Connection:
    state, sentence = _state(provider, role, token)
    return Connection(
        provider=provider.name,
        provider_label=provider.label,
        role=name,
        role_label=role.label,
        about=role.about,
        account_name=token.account_name if token else "",
        state=state,
        sentence=sentence,
        is_problem=state != "connected" and not (state == "not_connected" and role.is_optional),
        expires_at=token.expires_at if token else None,
        connect_url=reverse("tokens:connect", args=[provider.name, name]),
    )


def _state(provider: Provider, role: Role, token: Token | None) -> tuple[State, str]:
    account = f"the {role.label.lower()}'s {provider.label} account"
    if token is None:
        return "not_connected", f"Connect {account}."
    if token.state == "reconnect_needed":
        return "reconnect_needed", f"Connect {account} again: {token.reconnect_reason}"
    missing = [
        f"{scope} ({why})" for scope, why in role.scopes.items() if scope not in token.scopes
    ]
    if missing:
        return "missing_scope", f"Connect {account} again: it lacks {', '.join(missing)}."
    if token.state == "unavailable":
        return "unavailable", f"{provider.label} gives no new token; the next try comes by itself."
    return "connected", ""
