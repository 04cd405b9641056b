"""The connected accounts, as Twitch shows them."""

from __future__ import annotations

from dataclasses import dataclass

from twitch.client import helix


@dataclass(frozen=True)
class Account:
    """Who an account is; `picture_url` may be empty."""

    id: str
    login: str
    name: str
    picture_url: str


def account(role: str) -> Account:
    """Ask Twitch who the account in that role is; raises as `helix.call`."""
    told = helix.account(role)
    is_safe = told.profile_image_url.startswith("https://")
    return Account(
        id=told.id,
        login=told.login,
        name=told.display_name or told.login,
        picture_url=told.profile_image_url if is_safe else "",
    )
