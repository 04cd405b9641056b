"""The votes so far, told to the sockets of the match."""

from __future__ import annotations

from pushes.services import push
from tournaments.models import VoteEvent
from tournaments.services import coalescing
from tournaments.services.votes.showing import tally

TASK = "tournaments.tell_tally"


def tell_soon(event_id: str) -> None:
    """Have the tally told within a moment of the caller's commit."""
    coalescing.soon(TASK, event_id)


def tell(event_id: str) -> None:
    """Push the tally of a vote that goes on."""
    coalescing.begin(TASK, event_id)
    event = VoteEvent.objects.select_related("match").get(pk=event_id)
    if event.status != VoteEvent.Status.ACTIVE:
        return
    home, away = tally(event)
    # Without a number: it tells all there is to know, and a lost one is made up for by the next.
    push(
        event.match.group,
        {"type": "VOTE_TALLY", "vote_id": event.pk, "home_votes": home, "away_votes": away},
    )
