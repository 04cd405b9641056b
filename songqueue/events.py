"""The facts that the song queue announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SongRequested:
    """A viewer's song is in the player's queue."""

    song_id: str
    redemption_id: str
    viewer_id: str
    viewer_name: str
    track_id: str
    title: str
    artists: tuple[str, ...]
    cover_url: str
    duration_ms: int
    requested_at: datetime


@dataclass(frozen=True)
class SongRefunded:
    """A song that had been announced was given up, and its points are back."""

    song_id: str
    viewer_id: str
    code: str
    at: datetime


@dataclass(frozen=True)
class SongPlayed:
    """A viewer's song was heard."""

    song_id: str
    viewer_id: str
    track_id: str
    started_at: datetime
    at: datetime
