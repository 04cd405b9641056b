"""How songs are called in chat."""

from __future__ import annotations

from songqueue.models import SongRequest
from songqueue.rules.words import shorten

LONGEST = 120


def song_in_chat(request: SongRequest) -> str:
    """Return title and artists, short enough to leave room for the rest of the line."""
    return shorten(request.track.line, LONGEST) if request.track else "the song"
