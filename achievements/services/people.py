"""Viewers as others look them up, and whether they want to be found."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from achievements.models import HiddenViewer
from points.registry import who_hides
from twitch.models import Viewer
from twitch.services import viewers


@who_hides
def hidden() -> QuerySet[Any, Any]:
    """Return the ids of who hides."""
    return HiddenViewer.objects.values("viewer_id")


def find_shown(text: str) -> Viewer | None:
    """Return whom a text names, unless they hide: that must look as if there was nobody."""
    viewer = viewers.find(text)
    return None if viewer is None or is_hidden(viewer) else viewer


def is_hidden(viewer: Viewer) -> bool:
    return HiddenViewer.objects.filter(pk=viewer.pk).exists()


def hide(viewer: Viewer) -> None:
    HiddenViewer.objects.get_or_create(viewer=viewer)


def show(viewer: Viewer) -> None:
    HiddenViewer.objects.filter(pk=viewer.pk).delete()
