"""Viewers as others look them up, and whether they want to be found."""

from __future__ import annotations

from achievements.models import HiddenViewer
from twitch.models import Viewer
from twitch.services import viewers

_LONGEST_ID = 32


def find(text: str) -> Viewer | None:
    """Return whom a text names: by id or name, with or without @, in any case; None for nobody."""
    name = text.strip()
    is_id = name.isascii() and name.isdecimal() and len(name) <= _LONGEST_ID
    by_id = Viewer.objects.filter(pk=name).first() if is_id else None
    return by_id or viewers.named(name)


def find_shown(text: str) -> Viewer | None:
    """Return whom a text names, unless they hide: that must look as if there was nobody."""
    viewer = find(text)
    return None if viewer is None or is_hidden(viewer) else viewer


def is_hidden(viewer: Viewer) -> bool:
    return HiddenViewer.objects.filter(pk=viewer.pk).exists()


def hide(viewer: Viewer) -> None:
    HiddenViewer.objects.get_or_create(viewer=viewer)


def show(viewer: Viewer) -> None:
    HiddenViewer.objects.filter(pk=viewer.pk).delete()
