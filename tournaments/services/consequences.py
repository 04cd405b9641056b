"""What follows from a result, a strike or a withdrawal: the table, the bracket, the predictions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Value, When

from tournaments.models import Ground, Match, Participant, Prediction, Tournament, VoteEvent
from tournaments.services import predictions, progress, votes

Side = Prediction.Side
# What the predictions of a match are settled by; in a tie that is who goes through.
_VERDICT = (
    *("status", "outcome", "is_set_aside", "home_goals", "away_goals", "live_at"),
    *("home_penalties", "away_penalties", "tie__winner_id"),
)


@contextmanager
def follow(tournament: Tournament, by: str, now: datetime) -> Iterator[list[str]]:
    """Let everything follow from what is changed within, under the tournament's lock.

    What is handed out names, afterwards, the documents that changed by that.
    """
    before = _verdicts(tournament)
    documents: list[str] = []
    yield documents
    _count_strikes(tournament)
    moved = progress.refresh(tournament, now)
    documents += moved.documents
    _turn_predictions(moved.turned)
    _cancel_votes(tournament, by, now)
    after = _verdicts(tournament)
    changed = [pk for pk, verdict in after.items() if verdict != before.get(pk)]
    for match in Match.objects.filter(pk__in=changed).order_by("pk"):
        predictions.settle(match, now=now)


def _verdicts(tournament: Tournament) -> dict[str, tuple[Any, ...]]:
    """Return for each match that somebody has predicted what its predictions are settled by."""
    predicted = Exists(Prediction.objects.filter(match=OuterRef("pk")))
    rows = tournament.matches.filter(predicted).values_list("pk", *_VERDICT)
    return {row[0]: row[1:] for row in rows}


def _count_strikes(tournament: Tournament) -> None:
    """Count each player's strikes anew: the warnings, and the no-shows in the league phase.

    Those in the knock-outs are none: the table's order, which the bracket is made of, stands.
    """
    missed = Counter[str]()
    no_shows = tournament.matches.league().filter(ground=Ground.NO_SHOW)
    for match in no_shows:
        missed[match.home_id] += match.is_home_guilty
        missed[match.away_id] += match.is_away_guilty
    changed = []
    for player in tournament.participants.all():
        strikes = player.warnings + missed[player.pk]
        if player.strikes != strikes:
            player.strikes = strikes
            changed.append(player)
    Participant.objects.bulk_update(changed, ["strikes"])


def _turn_predictions(matches: Iterable[Match]) -> None:
    """Leave each prediction with the player that it names, as the two have changed ends."""
    turned = Case(
        When(side=Side.HOME, then=Value(Side.AWAY)),
        When(side=Side.AWAY, then=Value(Side.HOME)),
        default=F("side"),
    )
    Prediction.objects.filter(match__in=matches).update(side=turned)


def _cancel_votes(tournament: Tournament, by: str, now: datetime) -> None:
    """Refund the votes that go on in matches whose two players do not meet any more."""
    active = VoteEvent.objects.filter(
        match__tournament=tournament, match__is_set_aside=True, status=VoteEvent.Status.ACTIVE
    )
    for event in active:
        votes.cancel(event.pk, by=by, now=now)
