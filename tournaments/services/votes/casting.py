"""Casting a vote: paid and recorded in one transaction, and never a moment too late."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from points.services import ledger
from sagas.flow import Refused
from tournaments.models import Match, Participant, Vote, VoteEvent
from tournaments.services import causes, impartiality
from tournaments.services.votes.showing import ends_in, events
from tournaments.services.votes.tallies import tell_soon
from twitch.models import Viewer

# Whoever ends the vote waits for the lock of each vote that is being cast, and the clock is read
# behind that lock: so a vote is either counted or refused. A press that comes twice, or at the same
# moment as another of this viewer, takes no number.
_CAST = """
WITH event AS MATERIALIZED (
    SELECT * FROM tournaments_voteevent WHERE id = %(event)s FOR SHARE
), place AS (
    SELECT count(*) + 1 AS number FROM tournaments_vote
    WHERE event_id = %(event)s AND viewer_id = %(viewer)s
)
INSERT INTO tournaments_vote (event_id, viewer_id, participant_id, key, number, cost, at)
SELECT id, %(viewer)s, %(participant)s, %(key)s, number, cost_per_vote, clock_timestamp()
FROM event, place
WHERE status = 'ACTIVE' AND clock_timestamp() < ends_at AND number <= most_per_viewer
ON CONFLICT DO NOTHING
RETURNING id, number, cost, at
"""


class NotCast(Refused):
    """The vote does not count, and costs nothing."""


def cast(event_id: str, viewer: Viewer, participant: str, key: str) -> Vote:
    """Cast a vote for a player, given as player id or Twitch's user id; a key casts once.

    Raises VoteEvent.DoesNotExist, NotCast, Partial, Banned and the ledger's NotEnough.
    """
    # Nobody's name is needed, and this is done a thousand times within a minute.
    rows = VoteEvent.objects.select_related("match__tournament", "match__home", "match__away")
    event = rows.get(pk=event_id)
    return cast_for(event, viewer, _chosen(event.match, participant), key)


def cast_for(event: VoteEvent, viewer: Viewer, participant: Participant, key: str) -> Vote:
    """Cast a vote for one of the two players of the event's match; raises as `cast`."""
    impartiality.check_voter(viewer, event.match)
    values = {
        "event": event.pk,
        "viewer": viewer.pk,
        "participant": participant.pk,
        "key": key,
    }
    # Each round that ends without a vote was won by another press of this viewer, or raises.
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_CAST, values)
                row = cursor.fetchone()
            if row is not None:
                vote = _made(row, event, viewer, participant, key)
                _pay(vote, event.match)
                tell_soon(event.pk)
                return vote
        if known := _known(event, viewer, participant, key):
            return known


def _made(
    row: tuple[Any, ...], event: VoteEvent, viewer: Viewer, participant: Participant, key: str
) -> Vote:
    vote_id, number, cost, at = row
    return Vote(
        id=vote_id,
        event=event,
        viewer=viewer,
        participant=participant,
        key=key,
        number=number,
        cost=cost,
        at=at,
    )


def _pay(vote: Vote, match: Match) -> None:
    if vote.cost:
        ledger.debit(
            vote.viewer_id,
            vote.cost,
            causes.of_match("Vote", match),
            key=f"vote:{vote.pk}",
            batch=batch_of(vote.event_id),
        )


def batch_of(event_id: str) -> str:
    """Return the ledger's batch of what a vote's voters have paid."""
    return f"vote:{event_id}"


def _chosen(match: Match, participant: str) -> Participant:
    for player in (match.home, match.away):
        if participant in (player.pk, player.viewer_id):
            return player
    raise NotCast("not_in_this_match", "Vote for one of the two players of this match.")


def _known(event: VoteEvent, viewer: Viewer, participant: Participant, key: str) -> Vote | None:
    """Return the vote of an earlier press; raises NotCast unless another try can succeed."""
    cast = {vote.key: vote for vote in Vote.objects.filter(event=event, viewer=viewer)}
    if key in cast:
        if cast[key].participant_id != participant.pk:
            raise NotCast("key_reused", "This key has cast a vote for the other player.")
        return cast[key]
    now = events().get(pk=event.pk)
    if now.status == VoteEvent.Status.CANCELLED:
        raise NotCast("vote_cancelled", "This vote was cancelled; what votes cost is back.")
    if now.status != VoteEvent.Status.ACTIVE or ends_in(now) <= 0:
        raise NotCast("vote_over", f"This vote ended at {now.ends_at:%H:%M:%S} UTC.")
    if len(cast) >= now.most_per_viewer:
        raise NotCast("no_votes_left", f"You have cast all your votes here: {len(cast)}.")
    return None
