"""What Twitch's part and the account itself know about a person, on their own page."""

from __future__ import annotations

from typing import Any

from accounts.registry import personal
from twitch.models import Viewer
from twitch.services import personal as kept

# Older ones are in the export.
NEWEST = 10


@personal("twitch", "On Twitch")
class Twitch:
    """Names, and what was redeemed."""

    template = "accounts/me/twitch.html"

    def read(self, viewer: Viewer) -> dict[str, Any]:
        redemptions = viewer.redemptions.order_by("-redeemed_at")
        return {"redemptions": redemptions[:NEWEST], "count": redemptions.count()}

    def export(self, viewer: Viewer) -> dict[str, Any]:
        return kept.export(viewer)

    def forget(self, viewer: Viewer) -> None:
        kept.forget(viewer)
