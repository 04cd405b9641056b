"""Players who withdraw, return, or are warned."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Q

from points.services import audit, ledger
from points.services.ledger import Cause
from sagas.flow import Refused
from tests.tournaments import stage
from tests.tournaments.stage import KICKOFF
from tournaments.models import Drawing, Match, Participant, Prediction, Standing, Tournament
from tournaments.services import matches, predictions, withdrawals

pytestmark = pytest.mark.django_db

NOW = KICKOFF + timedelta(days=10)


@pytest.fixture
def cup() -> Tournament:
    """A league after two of six match days."""
    return stage.tournament(8, played=2)


@pytest.fixture
def player(cup: Tournament) -> Participant:
    return cup.participants.get(seed=3)


def withdraw(player: Participant) -> Participant:
    return withdrawals.withdraw(player.pk, by="lea", reason="Moved away", now=NOW)


def reinstate(player: Participant) -> Participant:
    return withdrawals.reinstate(player.pk, by="lea", reason="Is back", now=NOW)


def of(player: Participant) -> list[Match]:
    own = Match.objects.counting().filter(Q(home=player) | Q(away=player))
    return list(own.order_by("matchday"))


def test_nobody_withdraws_while_the_draw_is_being_shown(player: Participant) -> None:
    Drawing.objects.update(revealed_at=None)
    with pytest.raises(Refused) as caught:
        withdraw(player)
    assert caught.value.code == "not_revealed"


def test_what_was_played_stands_and_the_rest_is_forfeited(player: Participant) -> None:
    before = Standing.objects.get(pk=player.pk)
    withdraw(player)
    outcomes = [match.outcome for match in of(player)]
    assert outcomes == ["played"] * 2 + ["forfeit"] * 4
    after = Standing.objects.get(pk=player.pk)
    assert (after.points, after.losses) == (before.points, before.losses + 4)
    # To withdraw is no no-show.
    assert after.strikes == 0


def test_withdrawing_twice_is_once(cup: Tournament, player: Participant) -> None:
    withdraw(player)
    withdraw(player)
    assert cup.changes.filter(verb="withdrew_player").count() == 1


def test_two_who_withdrew_both_lose_against_each_other(cup: Tournament) -> None:
    match = cup.matches.filter(matchday=6).select_related("home", "away")[0]
    withdraw(match.home)
    withdraw(match.away)
    match.refresh_from_db()
    # The first to go forfeited it: it was over when the other went.
    assert (match.is_home_guilty, match.is_away_guilty) == (True, False)


def test_who_returns_plays_what_is_left(cup: Tournament, player: Participant) -> None:
    before = list(Standing.objects.order_by("pk").values())
    withdraw(player)
    reinstate(player)
    assert [match.status for match in of(player)] == ["COMPLETED"] * 2 + ["SCHEDULED"] * 4
    assert list(Standing.objects.order_by("pk").values()) == before
    assert Participant.objects.get(pk=player.pk).withdrawn_at is None


def test_stakes_on_a_match_that_is_forfeited_before_it_began_go_back(player: Participant) -> None:
    viewer = stage.viewer()
    ledger.credit(viewer.pk, 100, Cause("test", "1"), key="start")
    predictions.predict(of(player)[3].pk, viewer, "home", 40, "a")
    withdraw(player)
    assert Prediction.objects.get().status == "refunded"
    assert audit.sums().balances == 100
    reinstate(player)
    assert Prediction.objects.get().status == "open"
    assert audit.sums().balances == 60
    assert audit.check() == []


def test_a_match_that_is_on_is_forfeited_too(player: Participant) -> None:
    live = of(player)[2]
    matches.go_live(live.pk, by="lea", now=NOW)
    withdraw(player)
    live.refresh_from_db()
    assert (live.status, live.ground) == ("COMPLETED", "withdrawal")
    reinstate(player)
    live.refresh_from_db()
    assert live.status == "LIVE"


def test_in_the_knockouts_the_other_one_goes_through(cup: Tournament) -> None:
    stage.play(cup, days=6)
    stage.knock_out(cup, rounds=0)
    leg = cup.matches.counting().filter(phase="PLAYOFF", leg=1).select_related("home", "away")[0]
    withdraw(leg.home)
    assert leg.tie
    leg.tie.refresh_from_db()
    assert (leg.tie.winner_id, leg.tie.decided_by) == (leg.away_id, "walkover")
    reinstate(leg.home)
    leg.tie.refresh_from_db()
    assert leg.tie.winner_id is None
    assert cup.matches.counting().filter(tie=leg.tie).count() == 2


def test_before_the_draw_the_board_replaces_players(player: Participant) -> None:
    Tournament.objects.update(status="AWAITING_SELECTION")
    with pytest.raises(Refused) as refused:
        withdraw(player)
    assert refused.value.code == "not_drawn"


def test_warnings_are_strikes(cup: Tournament, player: Participant) -> None:
    warned = withdrawals.warn(player.pk, 2, by="lea", reason="Insults", now=NOW)
    assert (warned.warnings, warned.strikes) == (2, 2)
    assert Standing.objects.get(pk=player.pk).strikes == 2
    withdrawals.warn(player.pk, 0, by="lea", reason="Was somebody else", now=NOW)
    assert Standing.objects.get(pk=player.pk).strikes == 0
    with pytest.raises(Refused):
        withdrawals.warn(player.pk, 100, by="lea", reason="", now=NOW)
