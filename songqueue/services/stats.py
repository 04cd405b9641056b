"""Which songs and whose: counted from requests, and remembered for a minute."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from points.services import people
from rest.memory import Row, Shape, remembered
from songqueue.models import SongRequest
from spotify.models import Track
from twitch.models import Redemption, Viewer

Status = SongRequest.Status

# A request counts when it was played; or when it came to the player and its points are spent, even
# if it was skipped then. What was refused, removed or lost never counts.
COUNTS = Q(status=Status.PLAYED) | Q(
    status__in=[Status.QUEUED, Status.PLAYING, Status.SKIPPED],
    redemption__status=Redemption.Status.FULFILLED,
)

TRACK: Shape = {
    "id": str,
    "title": str,
    "artists": list,
    "cover_url": str,
    "url": str,
    "request_count": int,
}
REQUESTER: Shape = {"viewer_id": str, "viewer": str, "request_count": int}


def top_tracks(limit: int, viewer_id: str = "") -> list[Row]:
    """Return the songs that were requested most, by everybody or by one viewer who is shown."""

    def count() -> list[Row]:
        rows: QuerySet[Any, Any] = SongRequest.objects.filter(COUNTS, track__isnull=False)
        if viewer_id:
            rows = people.shown(rows.filter(viewer_id=viewer_id))
        counted = _most(rows.values_list("track_id"), limit)
        tracks = Track.objects.in_bulk([track_id for track_id, _ in counted])
        return [
            {
                "id": track_id,
                "title": tracks[track_id].name,
                "artists": tracks[track_id].artists,
                "cover_url": tracks[track_id].cover_url,
                "url": tracks[track_id].url,
                "request_count": number,
            }
            for track_id, number in counted
        ]

    return remembered(f"songqueue.stats:tracks:{limit}:{viewer_id}", TRACK, count)


def top_requesters(limit: int) -> list[Row]:
    """Return the viewers with the most requests, by their newest names; without who hides."""

    def count() -> list[Row]:
        rows = people.shown(SongRequest.objects.filter(COUNTS))
        counted = _most(rows.values_list("viewer_id"), limit)
        viewers = Viewer.objects.in_bulk([viewer_id for viewer_id, _ in counted])
        return [
            {
                "viewer_id": viewer_id,
                "viewer": viewers[viewer_id].display_name,
                "request_count": number,
            }
            for viewer_id, number in counted
        ]

    return remembered(f"songqueue.stats:requesters:{limit}", REQUESTER, count)


def _most(rows: Any, limit: int) -> list[tuple[str, int]]:
    """Return the most frequent values; of equals, the one that was asked for last comes first."""
    counted = rows.annotate(number=Count("id"), newest=Max("created_at"))
    ordered = counted.order_by("-number", "-newest")[:limit]
    return [(value, number) for value, number, _newest in ordered]
