"""Whole tournaments from the first match to the champion, with corrections wherever they hurt."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from points.services import audit, ledger
from points.services.ledger import Cause
from sagas.flow import Refused
from tests.tournaments import stage
from tournaments.models import (
    Ground,
    Match,
    Prediction,
    Settlement,
    Standing,
    Tournament,
)
from tournaments.rules.scores import FORFEIT, PLAYED, TAKEN_BACK, VOID, Entered, Score
from tournaments.services import (
    changes,
    corrections,
    desk,
    matches,
    predictions,
    progress,
    results,
    withdrawals,
)
from tournaments.services.results import By
from twitch.models import Viewer

pytestmark = pytest.mark.django_db

LEA = By("lea")
STAKE = 1_000
# Extra time or penalties that do not follow on the first leg.
MISFITS = (
    "second_leg_differs",
    "never_level",
    "not_level",
    "no_extra_time_here",
    "penalties_level",
)


class Season:
    """A tournament that is played by chance, and by somebody who errs a lot."""

    def __init__(self, players: int, seed: int, errors: float = 0.12) -> None:
        self.errors = errors
        self.chance = random.Random(seed)
        legs = self.chance.choice((1, 2))
        self.cup = stage.tournament(players, quarter_final_legs=legs, semi_final_legs=legs)
        stage.knock_out(self.cup, rounds=0, seed=seed)
        self.bettors = [self._rich() for _ in range(3)]
        self.now = timezone.now()

    def play(self) -> None:
        """Play every match that is open, and err now and then, until there is a champion."""
        for _ in range(2_000):
            self.now += timedelta(minutes=1)
            following = self._next()
            if following is None and (level := self._level()):
                results.resolve(level[0].pk, Entered(TAKEN_BACK), by=LEA, now=self.now)
                continue
            if following is None:
                assert Tournament.objects.get(pk=self.cup.pk).status == "COMPLETED"
                return
            self._predict(following)
            if self.chance.random() < 0.7:
                matches.go_live(following.pk, by="lea", now=self.now)
            self._enter(following)
            if self.chance.random() < self.errors:
                self._correct()
        pytest.fail("It never ends.")

    def err_at_the_end(self, times: int) -> None:
        """Correct results of the tournament when it is over, each until it has a champion again."""
        for _ in range(times):
            self._correct()
            self.play()

    def _level(self) -> list[Match]:
        """Return the last matches of ties that a corrected first leg has left level."""
        waiting = desk.waiting(self.cup.matches.counting(), self.now)
        return [case.match for case in waiting if case.needs == desk.LEVEL]

    def _next(self) -> Match | None:
        rows = self.cup.matches.counting().exclude(status="COMPLETED").order_by("matchday", "leg")
        return rows.first()

    def _enter(self, match: Match) -> None:
        for entered in self._tries(match):
            code = refusal(partial(results.resolve, match.pk, entered, by=LEA, now=self.now))
            if not code:
                return
            assert code in ("level", "level_after_extra_time", *MISFITS)
        pytest.fail(f"Nothing can be entered for {match.phase} {match.leg}.")

    def _tries(self, match: Match) -> Iterator[Entered]:
        """Return results that may or may not make sense there; one of the last does."""
        draw = self.chance.choice
        is_home = draw((True, False))
        forfeit = Entered(
            FORFEIT,
            is_home_guilty=is_home,
            is_away_guilty=not is_home or (match.tie_id is None and draw((True, False))),
            ground=draw((Ground.NO_SHOW, Ground.RULES)),
        )
        if self.chance.random() < 0.06:
            yield forfeit
        if match.tie_id is None and self.chance.random() < 0.04:
            yield Entered(VOID)
        home, away = draw((0, 1, 1, 2, 3)), draw((0, 0, 1, 2))
        yield Entered(PLAYED, Score(home, away))
        yield Entered(PLAYED, Score(home, away, True, 4, draw((3, 5))))
        yield Entered(PLAYED, Score(home + 1, away, True))
        yield forfeit

    def _correct(self) -> None:
        """Change any result there is as it was previewed; now and then change it back."""
        done = self.cup.matches.counting().filter(status="COMPLETED")
        match = self.chance.choice(list(done.order_by("pk")))
        was, before = results.result_of(match), content(self.cup)
        wanted = Entered(TAKEN_BACK)
        if self.chance.random() < 0.7:
            wanted = Entered(PLAYED, Score(self.chance.randrange(4), self.chance.randrange(4)))
        if refusal(lambda: self._apply(match, wanted)):
            assert content(self.cup) == before
            return
        check(self.cup)
        if wanted.outcome and self.chance.random() < 0.5:
            self._apply(match, self._typed(was))
            assert content(self.cup) == before

    def _apply(self, match: Match, entered: Entered) -> None:
        before = content(self.cup)

        def act() -> None:
            results.resolve(match.pk, entered, by=LEA, now=self.now)

        seen = corrections.preview(self.cup.pk, act)
        assert content(self.cup) == before
        done = corrections.apply(self.cup.pk, act, seen.token)
        assert done.changes == seen.changes

    def _typed(self, was: Entered) -> Entered:
        """Return a result as somebody types it: the score of a forfeit follows."""
        if was.outcome != FORFEIT:
            return was
        return Entered(
            FORFEIT,
            is_home_guilty=was.is_home_guilty,
            is_away_guilty=was.is_away_guilty,
            ground=was.ground,
        )

    # --- Viewers ---------------------------------------------------------------------------------

    def _rich(self) -> Viewer:
        viewer = stage.viewer()
        ledger.credit(viewer.pk, STAKE, Cause("test", viewer.pk), key=f"start:{viewer.pk}")
        return viewer

    def _predict(self, match: Match) -> None:
        sides = ("home", "away") if match.tie_id else ("home", "draw", "away")
        for viewer in self.bettors:
            if self.chance.random() < 0.4:
                points, key = self.chance.randrange(1, 60), str(self.now)
                side = self.chance.choice(sides)
                press = partial(predictions.predict, match.pk, viewer, side, points, key)
                code = refusal(press)
                assert code in ("", "not_enough_points", "locked", "other_side")


def refusal(act: Callable[[], object]) -> str:
    """Return the code with which it is refused; "" if it is done."""
    try:
        act()
    except Refused as refused:
        return refused.code
    return ""


# --- What holds at any time ----------------------------------------------------------------------


def content(cup: Tournament) -> list[Any]:
    """Return all that follows from the results."""
    return [
        list(cup.standings.order_by("pk").values()),
        list(cup.ties.order_by("pk").values()),
        list(cup.participants.order_by("pk").values("pk", "status", "strikes")),
        list(
            cup.matches.counting()
            .order_by("pk")
            .values("pk", "home", "away", "status", "outcome", "home_goals", "away_goals")
        ),
        list(
            Prediction.objects.filter(match__in=cup.matches.counting())
            .order_by("pk")
            .values("pk", "side", "status", "payout")
        ),
        Tournament.objects.get(pk=cup.pk).status,
    ]


def check(cup: Tournament) -> None:
    """Look for anything that does not follow from the results, or does not add up."""
    before = content(cup)
    with transaction.atomic():
        moved = progress.refresh(changes.locked(cup.pk), timezone.now())
    assert moved.documents == []
    assert content(cup) == before
    assert audit.check() == []
    check_statuses(cup)
    check_matches(cup)
    check_predictions(cup)


def check_statuses(cup: Tournament) -> None:
    status = Tournament.objects.get(pk=cup.pk).status
    is_over = not cup.matches.league().exclude(status="COMPLETED").exists()
    (final,) = cup.ties.filter(phase="FINAL")
    assert status == (
        "COMPLETED" if final.winner_id else "KNOCKOUTS" if is_over else "LEAGUE_PHASE"
    )
    champions = set(cup.participants.filter(status="WINNER").values_list("pk", flat=True))
    assert champions == ({final.winner_id} if final.winner_id else set())


def check_matches(cup: Tournament) -> None:
    """Whoever meets in a match that counts stands in its tie; each result is the newest entered."""
    for match in cup.matches.counting().filter(tie__isnull=False).select_related("tie"):
        assert match.tie
        assert {match.home_id, match.away_id} == {match.tie.better_id, match.tie.other_id}
    for match in cup.matches.filter(status="COMPLETED"):
        newest = match.results.last()
        assert newest
        assert results.result_of(newest) == results.result_of(match)
    played = Standing.objects.filter(tournament=cup).aggregate(n=Sum("played"))["n"]
    counted = cup.matches.league().filter(status="COMPLETED").exclude(outcome="void").count()
    assert played == 2 * counted


def check_predictions(cup: Tournament) -> None:
    """Stakes come back to the point, and a prediction is settled if and only if its match is."""
    for settlement in Settlement.objects.filter(match__tournament=cup, reversed_at=None):
        paid = settlement.match.predictions.aggregate(n=Sum("payout"))["n"]
        assert paid == settlement.stakes == settlement.payouts + settlement.refunds
    for match in cup.matches.filter(predictions__isnull=False).distinct():
        is_settled = predictions.outcome_of(match) is not None
        settled = match.settlements.filter(reversed_at=None).exists()
        assert is_settled == settled
        assert match.predictions.filter(status="open").exists() == (not is_settled)


# --- The tests -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("players", "seed"), [(8, 1), (8, 2), (8, 3), (8, 7), (12, 4), (12, 5)])
def test_a_tournament_with_errors_ends_as_its_results_say(players: int, seed: int) -> None:
    season = Season(players, seed)
    season.play()
    check(season.cup)
    season.err_at_the_end(3)
    check(season.cup)
    again(season.cup)


def test_a_tournament_of_36_with_errors_ends_as_its_results_say() -> None:
    season = Season(36, 1, errors=0.03)
    season.play()
    check(season.cup)


def again(cup: Tournament) -> None:
    """Derive everything from nothing but the results, and find it the same."""
    before = content(cup)
    Standing.objects.filter(tournament=cup).delete()
    cup.ties.update(winner=None, decided_by="", better_goals=None, other_goals=None)
    cup.participants.update(status="ACTIVE")
    with transaction.atomic():
        progress.refresh(changes.locked(cup.pk), timezone.now())
    assert content(cup) == before


@pytest.mark.parametrize("seed", range(3))
def test_withdrawing_and_returning_leads_back_at_any_time(seed: int) -> None:
    season = Season(8, seed)
    chance, cup = random.Random(seed), season.cup
    stage.play(cup, days=chance.randrange(7), seed=seed)
    if chance.random() < 0.5:
        stage.knock_out(cup, rounds=1, seed=seed)
    before = content(cup)
    player = chance.choice(list(cup.participants.order_by("seed")))
    withdrawals.withdraw(player.pk, by="lea", reason="", now=season.now)
    check(cup)
    withdrawals.reinstate(player.pk, by="lea", reason="", now=season.now)
    check(cup)
    assert content(cup) == before


def test_a_result_is_entered_with_few_queries() -> None:
    cup = stage.tournament(36, played=3)
    match = cup.matches.filter(matchday=4)[0]
    with connection.execute_wrapper(counter := Counter()):
        results.resolve(match.pk, Entered(PLAYED, Score(2, 1)), by=LEA, now=timezone.now())
    assert counter.queries < 45


class Counter:
    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Any, *given: Any) -> Any:
        self.queries += 1
        return execute(*given)
