"""Everything this Twitch remembers, one dataclass per thing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypedDict


@dataclass
class Account:
    """A person with a Twitch login, and who they are in the broadcaster's channel."""

    id: str
    login: str
    display_name: str
    color: str
    points: int = 0
    roles: list[str] = field(default_factory=list)
    tier: str = ""
    is_gift: bool = False
    broadcaster_type: str = ""
    created_at: str = "2020-01-01T00:00:00Z"

    @property
    def key(self) -> str:
        return self.id


@dataclass
class Channel:
    """What an account's channel page says, live or not; ``game`` is a category id."""

    user_id: str
    title: str = ""
    game_id: str = ""
    game_name: str = ""

    @property
    def key(self) -> str:
        return self.user_id


@dataclass
class Stream:
    """A broadcast that is on air; it is removed when it ends."""

    user_id: str
    id: str
    started_at: str
    viewers: int = 25

    @property
    def key(self) -> str:
        return self.user_id


class Airing(TypedDict):
    """One stream of the crowd: since when (Unix seconds), and under which title by number."""

    id: str
    since: float
    title: int


@dataclass
class Gathering:
    """The one crowd: how many there are, and by login who is live, the longest first."""

    KEY: ClassVar[str] = "crowd"

    size: int = 0
    turnover: int = 0
    flicker: int = 0
    turned_at: float = 0.0
    next: int = 0
    streams: int = 0
    live: dict[str, Airing] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.KEY


@dataclass
class Reward:
    """A custom channel-points reward; limits of 0 are switched off."""

    id: str
    broadcaster_id: str
    client_id: str
    title: str
    cost: int
    prompt: str = ""
    background_color: str = "#9147FF"
    is_enabled: bool = True
    is_paused: bool = False
    is_user_input_required: bool = False
    should_redemptions_skip_request_queue: bool = False
    is_max_per_stream_enabled: bool = False
    max_per_stream: int = 0
    is_max_per_user_per_stream_enabled: bool = False
    max_per_user_per_stream: int = 0
    is_global_cooldown_enabled: bool = False
    global_cooldown_seconds: int = 0

    @property
    def key(self) -> str:
        return self.id


@dataclass
class Redemption:
    """One redeemed reward as it was when redeemed; ``status`` is written as in Helix."""

    id: str
    number: int
    reward_id: str
    broadcaster_id: str
    user_id: str
    user_input: str
    status: str
    redeemed_at: str
    stream_id: str
    reward: dict[str, Any]

    @property
    def key(self) -> str:
        return self.id


@dataclass
class ChatMessage:
    """One line of the channel's chat; ``client_id`` is empty when a person typed it."""

    id: str
    user_id: str
    text: str
    sent_at: str
    client_id: str = ""
    bits: int = 0
    reward_id: str = ""
    parent_id: str = ""

    @property
    def key(self) -> str:
        return self.id


@dataclass
class Consent:
    """The scopes that a user has ever granted a client and not taken back."""

    client_id: str
    user_id: str
    scopes: list[str]

    @property
    def key(self) -> str:
        return f"{self.client_id}:{self.user_id}"


@dataclass
class Code:
    """An authorization code: good once, for ten minutes."""

    code: str
    client_id: str
    user_id: str
    scopes: list[str]
    redirect_uri: str
    challenge: str
    challenge_method: str
    expires_at: float

    @property
    def key(self) -> str:
        return self.code


@dataclass
class Grant:
    """One sign-in. ``spare`` is the refresh token before ``refresh``: it still works until the
    access token that came with ``refresh`` is used, so that a lost answer locks nobody out.
    """

    id: str
    client_id: str
    user_id: str
    scopes: list[str]
    refresh: str
    newest_access: str
    spare: str = ""
    lifetime: int = 14_400

    @property
    def key(self) -> str:
        return self.id


@dataclass
class Token:
    """An access token; an app's own token has no user and no grant."""

    access: str
    client_id: str
    expires_at: float
    user_id: str = ""
    grant_id: str = ""
    scopes: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.access

    def seconds_left(self) -> int:
        """Whole seconds until it expires; negative afterwards."""
        return int(self.expires_at - time.time())


@dataclass
class Subscription:
    """An EventSub subscription; which transport fields are filled depends on ``method``."""

    id: str
    number: int
    client_id: str
    type: str
    version: str
    condition: dict[str, str]
    method: str
    status: str
    cost: int
    created_at: str
    user_id: str = ""
    callback: str = ""
    secret: str = ""
    session_id: str = ""
    connected_at: str = ""
    disconnected_at: str = ""
    ended_at: float = 0.0

    @property
    def key(self) -> str:
        return self.id

    @property
    def is_enabled(self) -> bool:
        return self.status == "enabled"
