"""What the song queue knows about one viewer, for them to take along or to have erased."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from songqueue.models import Block, Decision, SongRequest
from twitch.models import Viewer

FORGOTTEN = "(erased)"


def requests(viewer: Viewer) -> QuerySet[SongRequest]:
    """Return the viewer's requests with their tracks, the newest first."""
    return viewer.song_requests.select_related("track").order_by("-created_at", "pk")


def export(viewer: Viewer) -> list[dict[str, Any]]:
    """Return every request, oldest first, as JSON's types."""
    return [
        {
            "id": request.pk,
            "track": request.track_id,
            "title": request.track and request.track.line,
            "status": request.status,
            "requested_at": request.created_at.isoformat(),
            "ended_at": request.ended_at and request.ended_at.isoformat(),
        }
        for request in requests(viewer).reverse()
    ]


def forget(viewer: Viewer) -> None:
    """Erase the viewer's name from what was decided about them and by them."""
    blocks = Block.objects.filter(kind=Block.Kind.VIEWER, value=viewer.pk)
    for block in blocks:
        Decision.objects.filter(what=str(block)).update(what=FORGOTTEN, why="")
    blocks.delete()
    names = [viewer.login, viewer.display_name]
    Decision.objects.filter(actor=None, actor_name__in=names).update(actor_name=FORGOTTEN)
