"""Tracks by their id, asked for once and then known for good."""

from __future__ import annotations

from collections.abc import Iterable

from spotify.client import api
from spotify.client.payloads import Item
from spotify.models import Track


def find(track_id: str) -> Track:
    """Return the track; one that was never seen costs an urgent call.

    Where the account's country plays another instance of the same recording, that one is returned,
    with its own id: the one that the player will show. Raises SpotifyProblem.
    """
    known = Track.objects.filter(pk=track_id).first()
    if known is not None:
        return known
    found = api.track(track_id)
    remember([found])
    return Track.objects.get(pk=found.track_id)


def remember(items: Iterable[Item | None]) -> None:
    """Keep the tracks among what the player has shown, so that no call is needed for them."""
    rows = {item.track_id: _row(item) for item in items if item and item.kind == "track"}
    missing = rows.keys() - set(
        Track.objects.filter(pk__in=rows.keys()).values_list("pk", flat=True)
    )
    Track.objects.bulk_create([rows[key] for key in sorted(missing)], ignore_conflicts=True)


def _row(item: Item) -> Track:
    return Track(
        id=item.track_id,
        name=item.title,
        artists=list(item.artists),
        artist_ids=list(item.artist_ids),
        album=item.album,
        cover_url=item.cover_url,
        duration_ms=item.duration_ms,
        is_explicit=item.is_explicit,
        isrc=item.isrc,
    )
