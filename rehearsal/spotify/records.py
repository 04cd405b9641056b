"""Everything this Spotify remembers, one dataclass per thing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any


@dataclass
class SpotifyCode:
    """An authorization code: good once, for ten minutes."""

    code: str
    user_id: str
    scopes: list[str]
    redirect_uri: str
    challenge: str
    expires_at: float

    @property
    def key(self) -> str:
        return self.code


@dataclass
class SpotifyGrant:
    """One sign-in. A client that has a secret may use any of its ``refresh_tokens``; one that
    proves itself by PKCE alone gets a new one each time, and the old one is dead.
    """

    id: str
    user_id: str
    scopes: list[str]
    refresh_tokens: list[str]
    is_public: bool
    lifetime: int
    refreshes: int = 0

    @property
    def key(self) -> str:
        return self.id


@dataclass
class SpotifyToken:
    """An access token; an app's own token has no user and no grant."""

    access: str
    expires_at: float
    user_id: str = ""
    grant_id: str = ""
    scopes: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.access

    def seconds_left(self) -> int:
        """Whole seconds until it expires; zero or less when it has."""
        return int(self.expires_at - time.time())


@dataclass
class SpotifyCalls:
    """How often one endpoint was called, whatever it answered."""

    path: str
    count: int = 0

    @property
    def key(self) -> str:
        return self.path


@dataclass
class RemovedTrack:
    """A track that was taken out of the catalogue."""

    id: str

    @property
    def key(self) -> str:
        return self.id


@dataclass(frozen=True)
class Entry:
    """One thing to be played: ``source`` tells who chose it (``playlist``, ``api``, ``hand``)."""

    number: int
    item: str
    source: str


@dataclass
class Playhead:
    """The player, as it was when its own clock showed ``as_of_ms``.

    The player's clock showed ``clock_ms`` at the time ``clock_set_at`` (Unix seconds) and has
    run at ``speed`` since. ``position`` is the playlist's next place, ``entries`` how many
    there have been.
    """

    clock_set_at: float
    clock_ms: int = 0
    speed: int = 1
    as_of_ms: int = 0
    current: Entry | None = None
    progress_ms: int = 0
    heard_ms: int = 0
    is_playing: bool = True
    queue: list[Entry] = field(default_factory=list)
    history: list[Entry] = field(default_factory=list)
    position: int = 0
    entries: int = 0
    changed_at: float = 0.0
    device_active: bool = True
    device_restricted: bool = False
    premium: bool = True

    def __post_init__(self) -> None:
        self.current = _entry(self.current)
        self.queue = [Entry(**it) if isinstance(it, dict) else it for it in self.queue]
        self.history = [Entry(**it) if isinstance(it, dict) else it for it in self.history]

    @property
    def key(self) -> str:
        return "player"

    def every(self) -> list[Entry]:
        """Everything it holds: what was, is and will be played."""
        return [*self.history, *([self.current] if self.current else []), *self.queue]


def _entry(kept: Any) -> Entry | None:
    return Entry(**kept) if isinstance(kept, dict) else kept
