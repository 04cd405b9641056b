"""What the API says of a track, and what its answers have in common."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from songqueue.models import Play, SongRequest, Upcoming
from songqueue.services.board import track_fields


class TrackSerializer(serializers.Serializer[dict[str, Any]]):
    """A track, or something else that the player plays. The last four are there for requests."""

    id = serializers.CharField(allow_null=True, help_text="Spotify's; null for what is no track.")
    title = serializers.CharField()
    artists = serializers.ListField(child=serializers.CharField())
    album = serializers.CharField()
    cover_url = serializers.CharField(allow_null=True)
    duration_ms = serializers.IntegerField()
    url = serializers.CharField(allow_null=True)
    # The stubs take it for the attribute of that name.
    source = serializers.ChoiceField(  # type: ignore[assignment]
        ["user", "autoplay"], help_text="`user` is a request."
    )
    request_id = serializers.CharField(required=False)
    viewer_id = serializers.CharField(required=False, help_text="Twitch's user id.")
    viewer = serializers.CharField(required=False)
    requested_at = serializers.DateTimeField(required=False)


class PlayerProblemSerializer(serializers.Serializer[dict[str, str]]):
    """Why the player could not be read when that was last tried."""

    code = serializers.CharField()
    detail = serializers.CharField()


def track(row: Play | Upcoming) -> dict[str, Any]:
    """Return an item of the player, with who asked for it if anybody did."""
    shape = {
        "id": row.track_id,
        **track_fields(row.track, row.title),
        "album": row.track.album if row.track else "",
        "duration_ms": row.duration_ms,
        "url": row.track.url if row.track else None,
        "source": "autoplay",
    }
    request = row.request
    if request is None or request.status not in SongRequest.OPEN:
        return shape
    return shape | {
        "source": "user",
        "request_id": request.pk,
        "viewer_id": request.viewer_id,
        "viewer": request.viewer.display_name,
        "requested_at": request.redemption.redeemed_at,
    }


TRACK_EXAMPLE = {
    "id": "4uLU6hMCjMI75M1A2tKUQC",
    "title": "Northbound Slow Train",
    "artists": ["The Quiet Switchmen"],
    "album": "Timetables",
    "cover_url": "https://i.scdn.co/image/ab67616d00001e02",
    "duration_ms": 251_000,
    "url": "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC",
    "source": "user",
    "request_id": "song_01J9ZK4W8Y6Q2V5T3R1N0M7XAB",
    "viewer_id": "2001",
    "viewer": "Ann",
    "requested_at": "2026-05-01T12:00:00Z",
}
