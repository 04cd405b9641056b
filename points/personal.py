"""Points on a viewer's own page."""

from __future__ import annotations

from typing import Any

from accounts.registry import personal
from points import registry
from points.services import people
from points.services import personal as kept
from twitch.models import Viewer

# Older ones are a click away.
NEWEST = 50


@personal("points", "Points")
class Points:
    """The balance, and every entry that explains it."""

    template = "points/me.html"

    def read(self, viewer: Viewer) -> dict[str, Any]:
        return {
            "account": people.account_of(viewer),
            "entries": [
                (entry, registry.page(entry.cause_type, entry.cause_id))
                for entry in people.entries(viewer)[:NEWEST]
            ],
            "more": people.entries(viewer)[NEWEST:].exists(),
            "page_size": NEWEST,
        }

    def export(self, viewer: Viewer) -> dict[str, Any]:
        return kept.export(viewer)

    def forget(self, viewer: Viewer) -> None:
        kept.forget(viewer)
