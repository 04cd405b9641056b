"""What achievements know about one viewer, for them to take along or to have erased."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from achievements.models import Change, Standing
from achievements.services import hiding
from points.services import people
from twitch.models import Viewer

FORGOTTEN = "(erased)"


def unlocked(viewer: Viewer) -> QuerySet[Standing]:
    """Return what the viewer has earned and holds, the newest first."""
    held = Standing.objects.held().filter(viewer=viewer)
    return held.select_related("definition").order_by("-earned_at", "pk")


def export(viewer: Viewer) -> dict[str, Any]:
    """Return every standing, and whether the viewer hides, as JSON's types."""
    return {
        "hidden": people.is_hidden(viewer),
        "standings": [
            {
                "achievement": standing.definition.key,
                "name": standing.definition.name,
                "session": standing.session_id,
                "progress": standing.progress,
                "earned_at": standing.earned_at and standing.earned_at.isoformat(),
            }
            for standing in viewer.achievement_standings.select_related("definition").order_by("pk")
        ],
    }


def forget(viewer: Viewer) -> None:
    """Erase the viewer's id from what was changed by hand, and show nobody what is left."""
    Change.objects.filter(subject=viewer.pk).update(subject=FORGOTTEN, note="")
    hiding.hide(viewer)
