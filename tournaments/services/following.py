"""A match as its sockets follow it, with the number that what they see stands for."""

from __future__ import annotations

from typing import Any

from tournaments.models import Match
from tournaments.services import predictions, reading, votes
from tournaments.services.matches import standing
from twitch.models import Viewer


def is_shown(match_id: str) -> bool:
    """Tell whether this is a match that everybody may see."""
    try:
        reading.shown_match(match_id)
    except Match.DoesNotExist:
        return False
    return True


def snapshot(match_id: str, viewer_id: str | None) -> dict[str, Any]:
    """Return everything there is to follow; raises Match.DoesNotExist.

    `you` is None for who is no viewer of the channel.
    """
    # Its number is read first: what is newer than that is told once more.
    match, look = reading.shown_match(match_id)
    viewer = Viewer.objects.filter(pk=viewer_id).first() if viewer_id else None
    vote = votes.active_of(match)
    return {
        "seq": match.seq,
        "match": reading.match_document(match, look),
        "score": standing(match),
        "vote": vote and votes.document(vote),
        "market": predictions.market(match, viewer),
        "you": viewer
        and {
            "viewer_id": viewer.pk,
            "votes": vote and votes.own(vote, viewer),
        },
    }


def latest(match_id: str) -> int:
    """Return the number of the newest message; 0 for a match that is gone."""
    return Match.objects.filter(pk=match_id).values_list("seq", flat=True).first() or 0
