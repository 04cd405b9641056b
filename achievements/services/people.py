"""Viewers as others look them up, and whether they want to be found."""

from __future__ import annotations

from twitch.models import Viewer
from achievements.models import HiddenViewer


def find(text: str) -> Viewer | None:
    """Return whom a text names: by id or name, with or without @, in any case; None for nobody.

    When a name went from one viewer to another it is that of the one who had it last.
    """
    name = text.strip().removeprefix("@")
    if not name or len(name) > 128 or "\0" in name:
        return None
    viewers = Viewer.objects.order_by("-named_at")
    if name.isdecimal() and (by_id := viewers.filter(pk=name).first()):
        return by_id
    if by_login := viewers.filter(login=name.lower()).first():
        return by_login
    # Only names in other scripts differ from the login by more than their case.
    return None if name.isascii() else viewers.filter(display_name__iexact=name).first()


def find_shown(text: str) -> Viewer | None:
    """Return whom a text names, unless they hide: that must look like there is nobody."""
    viewer = find(text)
    return None if viewer is None or is_hidden(viewer) else viewer


def is_hidden(viewer: Viewer) -> bool:
    return HiddenViewer.objects.filter(pk=viewer.pk).exists()


def hide(viewer: Viewer) -> None:
    HiddenViewer.objects.get_or_create(viewer=viewer)


def show(viewer: Viewer) -> None:
    HiddenViewer.objects.filter(pk=viewer.pk).delete()
