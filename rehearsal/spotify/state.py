"""All that this Spotify knows, in memory and on disk at once."""

from __future__ import annotations

from typing import Any

from rehearsal.effects import Effects
from rehearsal.spotify.catalogue import BY_ID, Track
from rehearsal.spotify.records import (
    Playhead,
    RemovedTrack,
    SpotifyCalls,
    SpotifyCode,
    SpotifyGrant,
    SpotifyToken,
)
from rehearsal.store import Store, Table


class State:
    """The tables, and the few questions that everyone asks of them."""

    def __init__(self, store: Store, effects: Effects) -> None:
        self.store = store
        self._effects = effects
        self.codes = Table(store, SpotifyCode)
        self.grants = Table(store, SpotifyGrant)
        self.tokens = Table(store, SpotifyToken)
        self.calls = Table(store, SpotifyCalls)
        self.removed = Table(store, RemovedTrack)
        self.players = Table(store, Playhead)

    def reset(self) -> None:
        """Start over: every token is gone and the playlist begins anew."""
        with self.store.transaction():
            for table in vars(self).values():
                if isinstance(table, Table):
                    table.clear()

    def track(self, id: str) -> Track | None:
        """The track with this id, unless it was never there or has been removed."""
        return None if self.removed.get(id) else BY_ID.get(id)

    def count(self, path: str) -> None:
        """Remember that an endpoint was called."""
        calls = self.calls.get(path) or SpotifyCalls(path)
        calls.count += 1
        self.calls.save(calls)

    def effect(self, kind: str, id: str, **detail: Any) -> None:
        """Write down, for ever, that something has happened."""
        self._effects.record(kind, id, **detail)
