"""Tournaments on a viewer's own page, and the page of what moves points there."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.registry import personal
from points.registry import page_of
from tournaments.models import Prediction, VoteEvent
from tournaments.services import causes, predictions
from tournaments.services import personal as kept
from twitch.models import Viewer

# Older ones are in the export.
NEWEST = 10


@personal("tournaments", "Tournaments")
class Tournaments:
    """Registrations, predictions and votes: first what is still open."""

    template = "tournaments/personal.html"

    def read(self, viewer: Viewer) -> dict[str, Any]:
        bets = predictions.of_viewer(viewer)
        is_open = {"status": Prediction.Status.OPEN}
        votes = kept.cast(viewer)
        return {
            "registrations": kept.entries(viewer)[:NEWEST],
            "open_predictions": bets.filter(**is_open),
            "predictions": bets.exclude(**is_open)[:NEWEST],
            "open_votes": votes.filter(event__status=VoteEvent.Status.ACTIVE),
            "votes": votes.exclude(event__status=VoteEvent.Status.ACTIVE)[:NEWEST],
        }

    def export(self, viewer: Viewer) -> dict[str, Any]:
        return kept.export(viewer)

    def forget(self, viewer: Viewer) -> None:
        kept.forget(viewer)


@page_of(causes.MATCH)
def match_page(match_id: str) -> str:
    """Return where a match is shown."""
    return reverse("match", args=[match_id])
