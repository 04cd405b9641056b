"""Viewers with points, and matches to vote and bet on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from points.models import Account
from points.services import ledger
from points.services.ledger import Cause
from sagas import engine
from sagas.poke import pokes_held
from tests.tournaments import stage
from tournaments.models import Match, Tournament, VoteEvent
from tournaments.rules.scores import TAKEN_BACK, Entered, Score
from tournaments.services import changes, predictions, results, votes
from tournaments.services.results import By
from tournaments.services.votes import Terms
from twitch.models import Viewer

BY = By("Ada")


def rich(points: int = 1000, name: str = "") -> Viewer:
    """Make a viewer who has points."""
    viewer = stage.viewer(name)
    if points:
        ledger.credit(viewer.pk, points, Cause("test", "1", "A test"), key=f"start:{viewer.pk}")
    return viewer


def balance(viewer: Viewer) -> int:
    return Account.objects.get(pk=viewer.pk).balance


def owed(viewer: Viewer) -> int:
    return Account.objects.get(pk=viewer.pk).owed


def live_match(made: Tournament, number: int = 0) -> Match:
    """Let a match of the first day be live."""
    match = made.matches.league().filter(matchday=1).order_by("pk")[number]
    stage.go_live(match)
    return Match.objects.get(pk=match.pk)


def begin(match: Match, **terms: Any) -> VoteEvent:
    """Start a vote in a match."""
    given = {"points_award": 1, "cost_per_vote": 10} | terms
    return votes.start(match.pk, Terms(**given), by="Ada", now=timezone.now())


def cast(event: VoteEvent, viewer: Viewer, side: str = "home", key: str = "press") -> None:
    player = event.match.home_id if side == "home" else event.match.away_id
    votes.cast(event.pk, viewer, player, key)


def time_is_over(event: VoteEvent) -> None:
    """Let the vote's end be a moment ago."""
    VoteEvent.objects.filter(pk=event.pk).update(
        started_at=F("started_at") - timedelta(hours=1), ends_at=timezone.now()
    )


def lead() -> None:
    """Lead all runs as far as they go now."""
    with pokes_held():
        engine.work(30, lambda: None)


def stake(match: Match, viewer: Viewer, side: str, points: int, key: str = "press") -> None:
    predictions.predict(match.pk, viewer, side, points, key)


def enter(match: Match, home: int, away: int) -> None:
    """Enter a result, with everything that follows from it."""
    entered = Entered(Match.Outcome.PLAYED, Score(home, away))
    results.resolve(match.pk, entered, by=BY, now=timezone.now())


def make_void(match: Match) -> None:
    """Declare a match void."""
    results.resolve(match.pk, Entered(Match.Outcome.VOID), by=BY, now=timezone.now())


def take_back(match: Match) -> None:
    """Take a result back: the match is to be played."""
    results.resolve(match.pk, Entered(TAKEN_BACK), by=BY, now=timezone.now())


def settle(match: Match) -> None:
    """Settle a match's predictions by what its row says."""
    with transaction.atomic():
        changes.locked(match.tournament_id)
        predictions.settle(Match.objects.get(pk=match.pk), now=timezone.now())
