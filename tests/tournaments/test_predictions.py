"""Predictions: staking until kick-off, and settling by the result, however often it changes."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from points.models import Account, Entry
from points.services import audit
from points.services.ledger import NotEnough
from sagas.flow import Refused
from sagas.models import Run
from tests.backstage import Backstage, at_once
from tests.tournaments import stage
from tests.tournaments.betting import (
    balance,
    enter,
    lead,
    make_void,
    owed,
    rich,
    settle,
    stake,
    take_back,
)
from tournaments.models import Match, Prediction, Settlement, Stake, Tie, Tournament
from tournaments.services import predictions, states
from tournaments.services.impartiality import Partial
from tournaments.services.predictions import announcing
from twitch.models import Viewer


@pytest.fixture
def made(db: None) -> Iterator[Tournament]:
    yield stage.tournament(8)
    assert audit.check() == []
    check_settlements()


@pytest.fixture
def match(made: Tournament) -> Match:
    return made.matches.league().filter(matchday=1).order_by("pk")[0]


def check_settlements() -> None:
    """What is paid for a match is what was staked on it, to the point."""
    for paid in Settlement.objects.filter(reversed_at=None):
        staked = paid.match.predictions.aggregate(staked=Sum("points_wagered"))["staked"]
        back = paid.match.predictions.aggregate(back=Sum("payout"))["back"]
        assert staked == paid.stakes == back == paid.payouts + paid.refunds
        credited = Entry.objects.filter(batch=paid.batch).aggregate(sum=Sum("amount"))["sum"]
        assert credited == staked


def refused(code: str, act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    return caught.value.sentence


def content() -> list[Any]:
    """Everything that says how the predictions stand."""
    rows = Prediction.objects.order_by("pk").values_list("pk", "status", "payout")
    accounts = Account.objects.order_by("pk").values_list("pk", "balance", "owed")
    return [*rows, *accounts]


# --- Staking -----------------------------------------------------------------------------------


def test_a_stake_is_paid_at_once_and_may_be_added_to(match: Match) -> None:
    viewer = rich(100)
    stake(match, viewer, "home", 30, "one")
    stake(match, viewer, "home", 20, "two")
    prediction = Prediction.objects.get()
    assert (prediction.side, prediction.points_wagered, prediction.status) == ("home", 50, "open")
    assert balance(viewer) == 50
    assert sorted(Stake.objects.values_list("points", flat=True)) == [20, 30]


def test_the_same_press_again_is_one_stake(match: Match) -> None:
    viewer = rich(100)
    for _ in range(2):
        stake(match, viewer, "home", 30)
    assert balance(viewer) == 70
    refused("key_reused", lambda: stake(match, viewer, "home", 31))
    refused("key_reused", lambda: stake(match, viewer, "away", 30))


def test_nobody_changes_sides(match: Match) -> None:
    viewer = rich(100)
    stake(match, viewer, "home", 30)
    refused("other_side", lambda: stake(match, viewer, "draw", 30, "two"))
    assert balance(viewer) == 70


def test_stakes_are_within_the_settings_and_what_is_there(match: Match) -> None:
    Tournament.objects.update(least_stake=10, most_stake=60)
    viewer = rich(55)
    refused("too_little", lambda: stake(match, viewer, "home", 9))
    refused("too_much", lambda: stake(match, viewer, "home", 61))
    with pytest.raises(NotEnough):
        stake(match, viewer, "home", 56)
    assert not Prediction.objects.exists()
    stake(match, viewer, "home", 50)
    assert "10 more" in refused("too_much", lambda: stake(match, viewer, "home", 11, "two"))


def test_predictions_are_locked_from_the_moment_the_match_is_live(match: Match) -> None:
    stage.go_live(match)
    assert "19:00:00 UTC" in refused("locked", lambda: stake(match, rich(), "home", 10))
    stage.finish(match, 1, 0)
    refused("locked", lambda: stake(match, rich(), "home", 10))


def test_who_has_a_hand_in_the_match_does_not_bet_on_it(match: Match) -> None:
    with pytest.raises(Partial, match="plays_in_it"):
        stake(match, match.away.viewer, "away", 10)
    streamer = rich()
    User.objects.create(username="streamer", viewer=streamer, is_superuser=True)
    with pytest.raises(Partial, match="runs_it"):
        stake(match, streamer, "away", 10)


def test_what_is_not_shown_cannot_be_predicted(made: Tournament, match: Match) -> None:
    made.drawings.update(revealed_at=None)
    with pytest.raises(Match.DoesNotExist):
        stake(match, rich(), "home", 10)
    with pytest.raises(Match.DoesNotExist):
        predictions.predict("match_404", rich(), "home", 10, "one")


@pytest.mark.django_db(transaction=True)
def test_presses_at_the_same_moment_stay_within_the_limit() -> None:
    made = stage.tournament(8, most_stake=100)
    match, viewer = made.matches.league()[0], rich(1000)
    presses = iter(range(20))

    def press() -> str:
        try:
            stake(match, viewer, "home", 30, f"press{next(presses) % 10}")
        except Refused as refusal:
            return refusal.code
        return "staked"

    assert set(at_once(20, press)) == {"staked", "too_much"}
    assert Prediction.objects.get().points_wagered == 90
    assert balance(viewer) == 910
    assert Stake.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_stake_is_in_time_or_refused_while_the_match_goes_live() -> None:
    made = stage.tournament(8)
    match = made.matches.league()[0]
    bettors = iter([rich(100) for _ in range(20)])

    def bet_or_begin() -> str:
        viewer = next(bettors)
        if viewer.pk.endswith("5"):
            with transaction.atomic():
                stage.go_live(match)
            return "live"
        try:
            stake(match, viewer, "home", 10)
        except Refused as refusal:
            return refusal.code
        return "staked"

    answers = at_once(20, bet_or_begin)
    assert set(answers) <= {"live", "staked", "locked"}
    assert Prediction.objects.count() == answers.count("staked")


# --- Settling ----------------------------------------------------------------------------------


@pytest.fixture
def bettors(match: Match) -> dict[str, Viewer]:
    """One on each side, and one more on the home player's."""
    placed = {"home": rich(), "home2": rich(), "draw": rich(), "away": rich()}
    for points, (side, viewer) in enumerate(placed.items(), 1):
        stake(match, viewer, side.removesuffix("2"), 100 * points)
    return placed


@pytest.mark.parametrize(
    ("goals", "balances"),
    [
        ((2, 1), (1233, 1467, 700, 600)),
        ((1, 1), (900, 800, 1700, 600)),
        ((0, 1), (900, 800, 700, 1600)),
    ],
)
def test_who_was_right_shares_the_stakes(
    match: Match,
    bettors: dict[str, Viewer],
    goals: tuple[int, int],
    balances: tuple[int, ...],
) -> None:
    enter(match, *goals)
    assert tuple(balance(viewer) for viewer in bettors.values()) == balances
    assert set(Prediction.objects.values_list("status", flat=True)) == {"won", "lost"}
    settle(match)
    assert tuple(balance(viewer) for viewer in bettors.values()) == balances


def test_if_nobody_was_right_the_stakes_go_back(match: Match) -> None:
    viewer = rich(100)
    stake(match, viewer, "home", 60)
    enter(match, 0, 1)
    assert (balance(viewer), Prediction.objects.get().status) == (100, "refunded")


@pytest.mark.parametrize(
    "columns",
    [
        {"outcome": "void", "home_goals": None, "away_goals": None},
        {"outcome": "forfeit", "home_goals": 3, "away_goals": 0, "live_at": None},
        {"outcome": "forfeit", "is_home_guilty": True, "is_away_guilty": True},
    ],
)
def test_what_was_not_played_pays_back(
    match: Match, bettors: dict[str, Viewer], columns: dict[str, Any]
) -> None:
    given = {"live_at": stage.KICKOFF, "status": "COMPLETED"} | columns
    Match.objects.filter(pk=match.pk).update(**given)
    settle(match)
    assert [balance(viewer) for viewer in bettors.values()] == [1000] * 4
    assert Settlement.objects.get().outcome == "void"


def test_a_match_that_is_given_up_while_it_is_live_is_won_by_the_other(
    match: Match, bettors: dict[str, Viewer]
) -> None:
    Match.objects.filter(pk=match.pk).update(
        live_at=stage.KICKOFF, status="COMPLETED", outcome="forfeit", home_goals=0, away_goals=3
    )
    settle(match)
    assert balance(bettors["away"]) == 1600


def test_a_corrected_result_settles_as_if_it_had_been_the_first(
    match: Match, bettors: dict[str, Viewer]
) -> None:
    enter(match, 2, 1)
    first = content()
    enter(match, 0, 1)
    assert [balance(viewer) for viewer in bettors.values()] == [900, 800, 700, 1600]
    enter(match, 2, 1)
    assert content() == first
    assert Settlement.objects.filter(reversed_at=None).count() == 1
    assert Settlement.objects.count() == 3


def test_what_was_won_and_spent_is_owed_after_a_correction(
    made: Tournament, match: Match, bettors: dict[str, Viewer]
) -> None:
    enter(match, 2, 1)
    winner = bettors["home2"]
    other = made.matches.league().filter(matchday=2)[0]
    stake(other, winner, "home", 1000)
    enter(match, 1, 1)
    assert (balance(winner), owed(winner)) == (0, 200)
    enter(other, 1, 0)
    assert (balance(winner), owed(winner)) == (800, 0)


def test_a_result_that_is_taken_back_opens_the_predictions_again(
    match: Match, bettors: dict[str, Viewer]
) -> None:
    before = content()
    enter(match, 2, 1)
    take_back(match)
    assert content() == before
    stake(Match.objects.get(pk=match.pk), bettors["draw"], "draw", 1, "again")


def test_a_random_way_of_corrections_ends_like_its_last_result_alone(made: Tournament) -> None:
    chance = random.Random(7)
    found = list(made.matches.league().filter(matchday=1))
    viewers = [rich(10_000) for _ in range(12)]
    for match in found:
        for viewer in viewers:
            if chance.random() < 0.8:
                side = chance.choice(Prediction.Side.values)
                stake(match, viewer, side, chance.randint(1, 1000))
    last = {match.pk: (chance.randint(0, 3), chance.randint(0, 3)) for match in found}
    sid = transaction.savepoint()
    for match in found:
        enter(match, *last[match.pk])
    direct = content()
    transaction.savepoint_rollback(sid)
    for _ in range(20):
        enter(chance.choice(found), chance.randint(0, 3), chance.randint(0, 3))
        check_settlements()
    for match in found:
        enter(match, *last[match.pk])
    assert content() == direct


def test_no_point_is_made_or_lost_whatever_becomes_of_the_matches(made: Tournament) -> None:
    chance = random.Random(11)
    found = list(made.matches.league().filter(matchday__lte=2))
    viewers = [rich(500) for _ in range(8)]
    for number in range(120):
        match = Match.objects.get(pk=chance.choice(found).pk)
        with contextlib.suppress(Refused):
            _happens(match, chance, chance.choice(viewers), str(number))
        is_open = {"status": Prediction.Status.OPEN}
        at_stake = Prediction.objects.filter(**is_open).aggregate(at=Sum("points_wagered"))["at"]
        sums = Account.objects.aggregate(balance=Sum("balance"), owed=Sum("owed"))
        assert sums["balance"] - sums["owed"] + (at_stake or 0) == 8 * 500
        check_settlements()


def _happens(match: Match, chance: random.Random, viewer: Viewer, key: str) -> None:
    what = chance.choice(("stake", "stake", "stake", "result", "result", "void", "back", "live"))
    if what == "stake":
        stake(match, viewer, chance.choice(Prediction.Side.values), chance.randint(1, 300), key)
    elif what == "result":
        enter(match, chance.randint(0, 3), chance.randint(0, 3))
    elif what == "void":
        make_void(match)
    elif what == "back":
        take_back(match)
    elif match.status == Match.Status.SCHEDULED:
        stage.go_live(match)


def test_what_a_result_would_pay_can_be_known_before(
    match: Match, bettors: dict[str, Viewer]
) -> None:
    foreseen = predictions.would_settle(match, "away")
    assert [(effect.viewer_id, effect.before, effect.after) for effect in foreseen] == [
        (bettors["away"].pk, 0, 1000)
    ]
    enter(match, 0, 1)
    assert predictions.would_settle(match, "away") == []
    assert (
        sum(effect.after - effect.before for effect in predictions.would_settle(match, "home")) == 0
    )


def test_a_tournament_that_is_called_off_returns_what_is_not_played(
    made: Tournament, match: Match, bettors: dict[str, Viewer]
) -> None:
    enter(match, 0, 1)
    other, viewer = made.matches.league().filter(matchday=2)[0], rich(100)
    stake(other, viewer, "home", 60)
    states.move(made.pk, Tournament.Status.CANCELLED, by="Ada", now=timezone.now(), reason="Rain")
    lead()
    assert balance(viewer) == 100
    assert balance(bettors["away"]) == 1600
    refused("not_played", lambda: stake(other, viewer, "home", 60, "again"))


# --- In ties -----------------------------------------------------------------------------------


@pytest.fixture
def tie(made: Tournament) -> Tie:
    """A tie of two legs, both to be played."""
    stage.play(made, days=99)
    stage.knock_out(made, rounds=0)
    return made.ties.filter(legs=2, better__isnull=False, other__isnull=False)[0]


def test_in_a_tie_who_goes_through_is_predicted_and_settled_with_the_second_leg(tie: Tie) -> None:
    first, second = tie.matches.order_by("leg")
    away_of_first, home_of_first = rich(100), rich(100)
    refused("no_draw", lambda: stake(first, rich(), "draw", 10))
    stake(first, away_of_first, "away", 50)
    stake(first, home_of_first, "home", 50)
    stake(second, away_of_first, "home", 40)
    enter(first, 3, 0)
    assert not Settlement.objects.filter(match__tie=tie).exists()
    enter(second, 4, 0)
    # The better one turned it: away in the first leg, at home in the second.
    assert (balance(away_of_first), balance(home_of_first)) == (150, 50)
    assert Settlement.objects.filter(match__tie=tie).count() == 2


def test_predictions_on_a_pairing_that_is_no_more_go_back_and_come_back(
    made: Tournament, tie: Tie
) -> None:
    leg = tie.matches.get(leg=1)
    viewer = rich(100)
    stake(leg, viewer, "home", 60)
    Match.objects.filter(pk=leg.pk).update(is_set_aside=True)
    settle(leg)
    assert balance(viewer) == 100
    Match.objects.filter(pk=leg.pk).update(is_set_aside=False)
    settle(leg)
    assert (balance(viewer), Prediction.objects.get().status) == (40, "open")


# --- In chat -----------------------------------------------------------------------------------


def test_chat_hears_one_line_about_all_that_is_settled_at_a_time(
    made: Tournament, backstage: Backstage, monkeypatch: pytest.MonkeyPatch
) -> None:
    backstage.connect()
    # So long that nothing falls due by itself meanwhile.
    monkeypatch.setattr(announcing, "GATHERING", timedelta(minutes=10))
    viewer = rich()
    for match in made.matches.league().filter(matchday=1)[:2]:
        stake(match, viewer, "home", 60)
        enter(match, 1, 0)
    lead()
    assert backstage.effects("chat_sent") == []
    for run in _lines():
        run.due_at = timezone.now()
        run.save(update_fields=["due_at"])
    Settlement.objects.update(at=timezone.now() - announcing.GATHERING - timedelta(seconds=1))
    lead()
    said = [line["detail"]["text"] for line in backstage.effects("chat_sent")]
    assert len(said) == 1
    assert said[0].count("1 of 1 were right and share 60") == 2
    assert [run.status for run in _lines()] == ["completed", "completed"]


def _lines() -> Any:
    return Run.objects.filter(saga="tournaments.settlement_line")
