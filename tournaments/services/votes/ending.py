"""The end of a vote: counted from its rows, awarded or refunded, in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count

from points.services import ledger
from sagas.flow import Refused, Wait, find
from sagas.poke import poke_in
from sagas.services import publish, wake
from tournaments import events
from tournaments.models import Match, Tournament, VoteEvent
from tournaments.rules import ballot
from tournaments.services import causes, changes, clock, live, matches, progress
from tournaments.services.votes import showing
from tournaments.services.votes.casting import batch_of
from tournaments.services.votes.starting import SAGA

# A worker is woken for the very end of a vote only when it is as near as this.
NEAR = timedelta(seconds=45)
# What is not due yet when a worker looks waits for the sweep.
A_LITTLE = timedelta(milliseconds=50)


class NotCancelled(Refused):
    """What this vote led to cannot be taken back any more."""


# --- By the clock ------------------------------------------------------------------------------


def end(event: VoteEvent) -> None:
    """End the vote when its time is over; raises Wait until then."""
    left = timedelta(seconds=showing.ends_in(showing.events().get(pk=event.pk)))
    if event.status == VoteEvent.Status.ACTIVE and left > timedelta(0):
        if left > NEAR + timedelta(seconds=10):
            raise Wait(event.ends_at - NEAR)
        poke_in(left + A_LITTLE)
        raise Wait(event.ends_at)
    finish(event.pk, now=clock.time())


@transaction.atomic
def finish(event_id: str, *, now: datetime) -> VoteEvent:
    """End a vote now and decide it, once; nobody's vote is late, lost or counted twice."""
    tournament, event = _locked(event_id)
    if event.status != VoteEvent.Status.ACTIVE:
        return event
    home, away = showing.tally(event)
    voters = event.votes.aggregate(voters=Count("viewer", distinct=True))["voters"]
    verdict = ballot.verdict(
        {event.match.home_id: home, event.match.away_id: away},
        voters=voters,
        award=event.points_award,
        quorum=event.quorum,
        splits_ties=event.tie_rule == VoteEvent.TieRule.SPLIT,
    )
    event.status = VoteEvent.Status.COMPLETED
    event.home_votes, event.away_votes = home, away
    event.home_award = verdict.awards.get(event.match.home_id, 0)
    event.away_award = verdict.awards.get(event.match.away_id, 0)
    event.no_award_because = verdict.because
    _close(tournament, event, now, refund="Vote without an award" if verdict.because else "")
    publish(
        events.VoteEnded(
            **matches.about(event.match, now),
            vote_id=event.pk,
            home_votes=home,
            away_votes=away,
            home_award=event.home_award,
            away_award=event.away_award,
            no_award_because=event.no_award_because,
        ),
        key=event.pk,
    )
    return event


def end_with_match(match: Match, *, now: datetime) -> None:
    """End the vote that goes on in a match as it stands, as the match is over.

    For who enters a result, under the tournament's lock, before anything is derived from it.
    """
    for event in match.vote_events.filter(status=VoteEvent.Status.ACTIVE):
        finish(event.pk, now=now)
        wake(find(SAGA), event)


# --- By hand -----------------------------------------------------------------------------------


@transaction.atomic
def cancel(event_id: str, *, by: str, now: datetime, reason: str = "") -> VoteEvent:
    """Call a vote off, or take back one that is over: no award, and everybody's points back.

    Raises VoteEvent.DoesNotExist, and NotCancelled for an award that the bracket is made of.
    """
    tournament, event = _locked(event_id)
    if event.status == VoteEvent.Status.CANCELLED:
        return event
    was_over = event.status == VoteEvent.Status.COMPLETED
    has_award = bool(event.home_award or event.away_award)
    if has_award and tournament.status != Tournament.Status.LEAGUE_PHASE:
        raise NotCancelled(
            "too_late",
            "The league phase is over, and what this vote awarded is in the table that the bracket "
            "is made of: it stays.",
        )
    event.home_votes, event.away_votes = showing.tally(event)
    event.status = VoteEvent.Status.CANCELLED
    event.home_award = event.away_award = 0
    event.no_award_because = ""
    _close(tournament, event, now, refund="Vote cancelled")
    changes.note(tournament, "cancelled_vote", by, {"vote": event.pk}, now, reason=reason)
    fact = events.VoteCancelled(
        **matches.about(event.match, now), vote_id=event.pk, was_over=was_over
    )
    publish(fact, key=event.pk)
    wake(find(SAGA), event)
    return event


def cancel_all(tournament: Tournament, *, by: str, now: datetime) -> None:
    """Call off every vote that goes on in a tournament, under its lock."""
    going_on = VoteEvent.objects.filter(
        match__tournament=tournament, status=VoteEvent.Status.ACTIVE
    )
    for event in going_on:
        cancel(event.pk, by=by, now=now)


# --- What both share ---------------------------------------------------------------------------


def _locked(event_id: str) -> tuple[Tournament, VoteEvent]:
    """Lock the tournament, then the vote: from here on nobody votes, and nobody is voting."""
    match = Match.objects.only("tournament_id").get(vote_events=event_id)
    tournament = changes.locked(match.tournament_id)
    locked = showing.events().select_for_update(of=("self",)).get(pk=event_id)
    return tournament, locked


def _close(tournament: Tournament, event: VoteEvent, now: datetime, *, refund: str) -> None:
    """Store the end, pay back if there is a reason to, and let table and sockets follow."""
    event.ended_at = event.ended_at or now
    if refund and event.refunded_at is None:
        ledger.reverse_batch(batch_of(event.pk), causes.of_match(refund, event.match))
        event.refunded_at = now
    event.save()
    progress.refresh(tournament, now)
    changes.touch(tournament, "table", "matches")
    live.tell(event.match, {"type": "VOTE_ENDED", "vote": showing.document(event)})
