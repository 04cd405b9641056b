"""Achievements on a viewer's own page."""

from __future__ import annotations

from typing import Any

from accounts.registry import personal
from achievements.services import personal as kept
from points.services import people
from twitch.models import Viewer

# The page about the viewer shows all.
NEWEST = 12


@personal("achievements", "Achievements")
class Achievements:
    """What was unlocked, and the way to the page that everybody sees."""

    template = "achievements/personal.html"

    def read(self, viewer: Viewer) -> dict[str, Any]:
        unlocked = kept.unlocked(viewer)
        return {
            "unlocked": unlocked[:NEWEST],
            "count": unlocked.count(),
            "is_shown": not people.is_hidden(viewer),
        }

    def export(self, viewer: Viewer) -> dict[str, Any]:
        return kept.export(viewer)

    def forget(self, viewer: Viewer) -> None:
        kept.forget(viewer)
