"""Everything this Discord remembers, one dataclass per thing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any


@dataclass
class DiscordCode:
    """An authorization code: good once, for ten minutes; with `channel_id`, for a webhook."""

    code: str
    user_id: str
    scopes: list[str]
    redirect_uri: str
    challenge: str
    channel_id: str
    expires_at: float

    @property
    def key(self) -> str:
        return self.code


@dataclass
class DiscordToken:
    """A sign-in: its access token, and the refresh token that is good once."""

    access: str
    refresh: str
    user_id: str
    scopes: list[str]
    expires_at: float

    @property
    def key(self) -> str:
        return self.access

    def seconds_left(self) -> int:
        """Whole seconds until it expires; zero or less when it has."""
        return int(self.expires_at - time.time())


@dataclass
class DiscordWebhook:
    """A webhook of a channel; `type` 1 takes posts, 2 follows another channel."""

    id: str
    token: str
    channel_id: str
    guild_id: str
    name: str
    type: int = 1
    application_id: str | None = None

    @property
    def key(self) -> str:
        return self.id

    @property
    def url(self) -> str:
        """The address as Discord shows it to copy; whom it is sent to is not our business."""
        return f"https://discord.com/api/webhooks/{self.id}/{self.token}"


@dataclass
class DiscordThread:
    """A thread of a channel; in a forum, a post."""

    id: str
    channel_id: str
    name: str

    @property
    def key(self) -> str:
        return self.id


@dataclass
class DiscordMessage:
    """A post, as it was written; `channel_id` is the thread's if it is in one."""

    id: str
    channel_id: str
    webhook_id: str
    webhook_name: str
    content: str
    at: str
    edited_at: str | None = None
    flags: int = 0
    tts: bool = False
    embeds: list[dict[str, Any]] = field(default_factory=list)
    pings: list[str] = field(default_factory=list)
    mention_roles: list[str] = field(default_factory=list)
    mention_everyone: bool = False

    @property
    def key(self) -> str:
        return self.id
