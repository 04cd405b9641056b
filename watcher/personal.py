"""Go-live posts on one's own page."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.registry import own
from watcher.models import Target
from watcher.services import looking


@own("discord_posts", "Go-live posts on Discord")
class DiscordPosts:
    """Channels, what is watched for them, and the log; for who has any."""

    template = "watcher/personal.html"

    def read(self, user: User) -> dict[str, Any]:
        targets = list(looking.targets_of(user))
        is_made_for_us = any(it.source == Target.Source.CONNECTED for it in targets)
        return {"targets": targets, "is_made_for_us": is_made_for_us} if targets else {}

    def export(self, user: User) -> dict[str, Any]:
        return looking.export(user)
