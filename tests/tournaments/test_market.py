"""Pari-mutuel payouts: not a point is lost, and none is made."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tournaments.rules.market import Bet, projected, settle

SIDES = ("home", "draw", "away")


def bets(*stakes: tuple[str, int]) -> list[Bet]:
    return [Bet(f"bet{n}", side, points) for n, (side, points) in enumerate(stakes)]


def test_who_was_right_shares_everything_in_proportion() -> None:
    placed = bets(("home", 100), ("home", 300), ("away", 400))
    assert settle(placed, "home").payouts == {"bet0": 200, "bet1": 600, "bet2": 0}


def test_what_is_left_goes_to_the_largest_remainders_and_then_to_the_first() -> None:
    # 10 for three equal stakes of 1: 3 each, and the one that is left to the first.
    placed = bets(("home", 1), ("home", 1), ("home", 1), ("away", 7))
    assert settle(placed, "home").payouts == {"bet0": 4, "bet1": 3, "bet2": 3, "bet3": 0}
    # 2 * 13 / 5 is 5 and a fifth, 3 * 13 / 5 is 7 and four fifths.
    placed = bets(("home", 2), ("home", 3), ("away", 8))
    assert settle(placed, "home").payouts == {"bet0": 5, "bet1": 8, "bet2": 0}


def test_if_all_were_right_each_gets_what_they_staked() -> None:
    assert settle(bets(("draw", 5), ("draw", 7)), "draw").payouts == {"bet0": 5, "bet1": 7}


@pytest.mark.parametrize("winner", ["draw", None])
def test_without_anybody_who_was_right_stakes_go_back(winner: str | None) -> None:
    settled = settle(bets(("home", 5), ("away", 7)), winner)
    assert settled.is_refund
    assert settled.payouts == {"bet0": 5, "bet1": 7}
    assert settle([], winner).payouts == {}


def test_ten_thousand_random_markets_pay_out_exactly_what_was_staked() -> None:
    chance = random.Random(2024)
    for _ in range(10_000):
        placed = bets(
            *(
                (chance.choice(SIDES), chance.choice((1, 2, 3, 10, 997, chance.randint(1, 10**6))))
                for _ in range(chance.randint(0, 12))
            )
        )
        winner = chance.choice((*SIDES, None))
        settled = settle(placed, winner)
        total = sum(bet.points for bet in placed)
        assert sum(settled.payouts.values()) == total
        if settled.is_refund:
            continue
        pool = sum(bet.points for bet in placed if bet.side == winner)
        for bet in placed:
            fair = Fraction(bet.points * total, pool) if bet.side == winner else Fraction(0)
            assert -1 < settled.payouts[bet.id] - fair < 1
            # Nobody who was right gets back less than their stake.
            assert settled.payouts[bet.id] >= bet.points * (bet.side == winner)


@given(
    st.lists(st.tuples(st.sampled_from(SIDES), st.integers(1, 10**9)), max_size=8),
    st.sampled_from(SIDES),
    st.integers(1, 10**9),
    st.integers(0, 10**6),
)
def test_a_projection_is_never_more_than_the_payout(
    others: list[tuple[str, int]], side: str, points: int, already: int
) -> None:
    pools = {name: sum(p for s, p in others if s == name) for name in SIDES}
    pools[side] += already
    promised = projected(pools, side, points, already)
    placed = [*bets(*others), Bet("own", side, already + points)]
    assert promised <= settle(placed, side).payouts["own"] <= promised + 1


def test_nothing_is_projected_where_nothing_is_staked() -> None:
    assert projected({"home": 5}, "away", 0) == 0
