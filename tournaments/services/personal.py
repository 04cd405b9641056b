"""What tournaments know about one viewer, for them to take along or to have erased."""

from __future__ import annotations

import contextlib
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts.registry import StillNeeded
from sagas.flow import Refused
from tournaments.models import (
    Participant,
    Registration,
    Report,
    Stake,
    Tournament,
    Vote,
    VoteEvent,
)
from tournaments.services import registrations
from tournaments.services.predictions import of_viewer, row
from twitch.models import Viewer


def entries(viewer: Viewer) -> QuerySet[Registration]:
    """Return the viewer's registrations with their tournaments, the newest first."""
    mine = Registration.objects.filter(viewer=viewer)
    return mine.select_related("tournament", "participant").order_by("-registered_at")


def cast(viewer: Viewer) -> QuerySet[Vote]:
    """Return the viewer's votes with what they were about, the newest first."""
    mine = Vote.objects.filter(viewer=viewer)
    return mine.select_related(
        "event__match__tournament", "participant__viewer", "participant__registration"
    ).order_by("-at", "-pk")


def export(viewer: Viewer) -> dict[str, Any]:
    """Return registrations, votes and predictions, oldest first, as JSON's types."""
    return {
        "registrations": [_registration(entry) for entry in entries(viewer).reverse()],
        "votes": [
            {
                "vote_id": vote.event_id,
                "match_id": vote.event.match_id,
                "player_id": vote.participant_id,
                "cost": vote.cost,
                "at": vote.at.isoformat(),
            }
            for vote in cast(viewer).reverse()
        ],
        "predictions": [
            {**row(prediction), "made_at": prediction.made_at.isoformat()}
            for prediction in of_viewer(viewer).reverse()
        ],
    }


def forget(viewer: Viewer) -> None:
    """Withdraw what is still open, and erase what was written by or about the viewer.

    What was played, voted and staked stays, under the name of nobody, and is settled as it was.
    Raises StillNeeded while a vote of theirs goes on: whoever came back would have another one.
    """
    if cast(viewer).filter(event__status=VoteEvent.Status.ACTIVE).exists():
        raise StillNeeded("You have voted in a vote that goes on: wait until it has ended.")
    for entry in entries(viewer).exclude(tournament__status__in=Tournament.ENDS):
        # Who is drawn already stays in the draw.
        with contextlib.suppress(Refused):
            registrations.withdraw(entry.tournament_id, viewer, now=timezone.now())
    Registration.objects.filter(viewer=viewer).update(note="", tags=[])
    Report.objects.filter(participant__viewer=viewer).update(proof_url="")
    erased = Concat(Value("erased:"), Cast(F("pk"), CharField()))
    Vote.objects.filter(viewer=viewer).update(key=erased)
    Stake.objects.filter(prediction__viewer=viewer).update(key=erased)


def _registration(entry: Registration) -> dict[str, Any]:
    player: Participant | None = getattr(entry, "participant", None)
    return {
        "id": entry.pk,
        "tournament_id": entry.tournament_id,
        "tournament": str(entry.tournament),
        "status": entry.status,
        "registered_at": entry.registered_at.isoformat(),
        "withdrawn_at": entry.withdrawn_at and entry.withdrawn_at.isoformat(),
        "tier": entry.tier,
        "note": entry.note,
        "tags": entry.tags,
        "player_id": player and player.pk,
        "player_status": player and player.status,
    }
