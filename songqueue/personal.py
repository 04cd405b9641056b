"""Song requests on a viewer's own page."""

from __future__ import annotations

from typing import Any

from accounts.registry import personal
from songqueue.services import personal as kept
from twitch.models import Viewer

# Older ones are in the export.
NEWEST = 20


@personal("song_requests", "Song requests")
class SongRequests:
    """What was requested, and what became of it."""

    template = "songqueue/personal.html"

    def read(self, viewer: Viewer) -> dict[str, Any]:
        requests = kept.requests(viewer)
        return {"requests": requests[:NEWEST], "count": requests.count()}

    def export(self, viewer: Viewer) -> list[dict[str, Any]]:
        return kept.export(viewer)

    def forget(self, viewer: Viewer) -> None:
        kept.forget(viewer)
