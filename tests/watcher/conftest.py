"""A person who watches, and the rehearsal's Discord with webhooks to post to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from pydantic import SecretStr

from accounts.models import User
from tests.backstage import Backstage

LIVE, FORUM = "381870553235193857", "381870553235193859"


@dataclass(frozen=True)
class Hook:
    """A webhook on the rehearsal's Discord, as somebody made it there."""

    id: str
    secret: str
    url: str
    backstage: Backstage

    @property
    def token(self) -> SecretStr:
        return SecretStr(self.secret)

    def change(self, deed: str) -> None:
        """Delete it, or give it a new token, behind our back."""
        self.backstage.control(f"discord/webhooks/{self.id}", do=deed)


@dataclass(frozen=True)
class Discord:
    """The rehearsal's Discord, and its control calls."""

    backstage: Backstage

    def hook(self, **wish: Any) -> Hook:
        (made,) = self.backstage.control("discord/webhooks", **{"channel": LIVE, **wish})[
            "webhooks"
        ]
        return Hook(made["id"], made["token"], made["url"], self.backstage)

    def fault(self, kind: str, **wish: Any) -> None:
        self.backstage.control("faults", kind=kind, **wish)

    def look(self) -> dict[str, Any]:
        shown: dict[str, Any] = self.backstage.look("discord")
        return shown

    @property
    def posts(self) -> list[dict[str, Any]]:
        """The posts, newest first."""
        shown: list[dict[str, Any]] = self.look()["messages"]
        return shown


@pytest.fixture
def discord(rehearsal_url: str) -> Discord:
    """A fresh Discord, with everything working."""
    backstage = Backstage(rehearsal_url)
    backstage.control("faults", verb="DELETE")
    return Discord(backstage)


@pytest.fixture
def hook(discord: Discord) -> Hook:
    """A webhook of the channel `live`."""
    return discord.hook()


@pytest.fixture
def owner(db: None) -> User:
    """Somebody who signed in, and who has asked for nothing yet."""
    cache.clear()
    return User.objects.create_user("discord-1", first_name="Nelly")
