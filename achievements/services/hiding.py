"""Viewers who want to be shown to nobody."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from achievements.models import HiddenViewer
from points.registry import who_hides
from twitch.models import Viewer


@who_hides
def hidden() -> QuerySet[Any, Any]:
    """Return the ids of who hides."""
    return HiddenViewer.objects.values("viewer_id")


def hide(viewer: Viewer) -> None:
    HiddenViewer.objects.get_or_create(viewer=viewer)


def show(viewer: Viewer) -> None:
    HiddenViewer.objects.filter(pk=viewer.pk).delete()
