"""The steps of a tournament's way that a person takes with a button, and those of the clock."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from sagas.flow import Refused
from tournaments.models import Tournament
from tournaments.rules import states
from tournaments.services import changes, matches, predictions, votes
from tournaments.services.states import move

BY_THE_CLOCK = "It was time."


@transaction.atomic
def take(tournament_id: str, to: str, *, by: str, now: datetime, reason: str = "") -> Tournament:
    """Take a step by hand; raises as `move`, and NotByHand for what a draw or result leads to.

    With a tournament that is cancelled its votes end, no match is live, and open stakes go back.
    """
    tournament = changes.locked(tournament_id)
    way = states.way(tournament.status, to)
    if way is not None and not way.by_hand:
        raise NotByHand(to)
    if to != states.CANCELLED:
        return move(tournament_id, to, by=by, now=now, reason=reason)
    # Ending a vote derives the table once more, which only a tournament in play can have.
    votes.cancel_all(tournament, by=by, now=now)
    matches.break_off(tournament)
    tournament = move(tournament_id, to, by=by, now=now, reason=reason)
    predictions.refund_tournament(tournament, now=now)
    return tournament


class NotByHand(Refused):
    """That status is not set, but come to."""

    SENTENCES = {
        states.LEAGUE_PHASE: "The league phase begins with the draw.",
        states.KNOCKOUTS: "The knock-outs begin with the last result of the league phase.",
        states.COMPLETED: "A tournament is completed by the result of its final.",
    }

    def __init__(self, to: str) -> None:
        super().__init__("not_by_hand", self.SENTENCES[to])


def keep_time(now: datetime) -> int:
    """Open and close the registrations whose time has come; returns how many."""
    due = [
        *_due(states.DRAFT, states.REGISTRATION_OPEN, Q(registration_opens_at__lte=now), now),
        *_due(
            states.REGISTRATION_OPEN,
            states.REGISTRATION_CLOSED,
            Q(registration_closes_at__lte=now),
            now,
        ),
    ]
    return sum(_move_in_time(pk, to, now) for pk, to in due)


def _due(state: str, to: str, when: Q, now: datetime) -> list[tuple[str, str]]:
    found = Tournament.objects.filter(when, status=state)
    if to == states.REGISTRATION_OPEN:
        # What would be closed at once does not open.
        found = found.exclude(registration_closes_at__lte=now)
    return [(pk, to) for pk in found.values_list("pk", flat=True)]


def _move_in_time(tournament_id: str, to: str, now: datetime) -> bool:
    try:
        move(tournament_id, to, by="", now=now, reason=BY_THE_CLOCK)
    except Refused:
        # A person has moved it on, or changed its size, since we looked.
        return False
    return True
