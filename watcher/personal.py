"""Go-live posts on one's own page."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.registry import own
from watcher.services import looking


@own("discord_posts", "Go-live posts on Discord")
class DiscordPosts:
    """Channels, what is watched for them, and the log; for who has any."""

    template = "watcher/personal.html"

    def read(self, user: User) -> dict[str, Any]:
        targets = list(looking.targets_of(user))
        return {"targets": targets} if targets else {}

    def export(self, user: User) -> dict[str, Any]:
        return looking.export(user)
