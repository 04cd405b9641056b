"""One tie: what decides it, what does not, and what a withdrawal does to it."""

from __future__ import annotations

from dataclasses import replace

from tournaments.rules.bracket import Knockouts, bracket
from tournaments.rules.formats import format_of
from tournaments.rules.ties import Leg, LegPlan, TieState

EIGHT = format_of(8)
PLACES = [f"p{n}" for n in range(1, 9)]
ALL_DRAWN = {"1/2": False, "3/4": False, "5/6": False}


def first(*legs: Leg, withdrawn: frozenset[str] = frozenset()) -> TieState:
    """The first play-off of eight players: p4 against p5, p5 at home first."""
    return bracket(Knockouts(EIGHT, PLACES, ALL_DRAWN, legs, withdrawn=withdrawn))[0]


def leg(number: int, home_goals: int, away_goals: int, **more: object) -> Leg:
    home, away = ("p5", "p4") if number == 1 else ("p4", "p5")
    return replace(
        Leg("PLAYOFF", 0, number, home, away, home_goals, away_goals),
        **more,  # type: ignore[arg-type]
    )


def test_away_goals_do_not_decide_a_tie() -> None:
    tie = first(leg(1, 2, 2), leg(2, 0, 0))
    assert tie.goals == (2, 2)
    assert (tie.winner, tie.decided_by, tie.is_level) == (None, "", True)


def test_level_penalties_decide_nothing() -> None:
    last = leg(2, 1, 1, has_extra_time=True, home_penalties=3, away_penalties=3)
    assert first(leg(1, 0, 0), last).is_level


def test_extra_time_and_penalties_decide_what_is_level() -> None:
    by_goals = first(leg(1, 1, 0), leg(2, 3, 1, has_extra_time=True))
    assert (by_goals.winner, by_goals.goals, by_goals.decided_by) == ("p4", (3, 2), "extra_time")
    last = leg(2, 1, 0, has_extra_time=True, home_penalties=2, away_penalties=4)
    by_penalties = first(leg(1, 1, 0), last)
    assert (by_penalties.winner, by_penalties.decided_by) == ("p5", "penalties")


def test_one_leg_decides_nothing_of_two() -> None:
    tie = first(leg(1, 0, 9))
    assert (tie.goals, tie.winner, len(tie.legs)) == ((9, 0), None, 2)


def test_a_forfeited_leg_counts_with_its_score() -> None:
    gone = frozenset({"p5"})
    tie = first(leg(1, 5, 0), leg(2, 3, 0, forfeited_by=gone))
    assert (tie.winner, tie.goals, tie.decided_by) == ("p5", (3, 5), "aggregate")
    both = first(leg(1, 0, 3, forfeited_by=gone), leg(2, 3, 0, forfeited_by=gone))
    assert (both.winner, both.decided_by) == ("p4", "walkover")


def test_who_withdraws_loses_what_is_not_over() -> None:
    tie = first(leg(1, 5, 0), withdrawn=frozenset({"p5"}))
    assert (tie.winner, tie.out, tie.decided_by) == ("p4", ("p5",), "walkover")
    # Of the legs only the one that was played is left.
    assert [each.number for each in tie.legs] == [1]


def test_legs_that_were_forfeited_for_a_withdrawal_do_not_save_who_withdrew() -> None:
    gone = frozenset({"p5"})
    tie = first(leg(1, 9, 0), leg(2, 3, 0, forfeited_by=gone), withdrawn=gone)
    assert (tie.winner, tie.decided_by) == ("p4", "walkover")


def test_what_was_won_before_a_withdrawal_stays_won_and_the_next_tie_is_lost() -> None:
    gone = frozenset({"p4"})
    ties = bracket(
        Knockouts(EIGHT, PLACES, ALL_DRAWN, [leg(1, 0, 1), leg(2, 0, 0)], withdrawn=gone)
    )
    assert (ties[0].winner, ties[0].decided_by) == ("p4", "aggregate")
    semi_final = next(tie for tie in ties if tie.phase == "SEMI_FINAL" and tie.slot == 0)
    assert (semi_final.winner, semi_final.decided_by) == ("p1", "walkover")


def test_when_both_withdraw_who_would_have_met_them_goes_through() -> None:
    ties = bracket(Knockouts(EIGHT, PLACES, ALL_DRAWN, withdrawn=frozenset({"p4", "p5"})))
    assert (ties[0].winner, ties[0].out) == (None, ("p4", "p5"))
    assert (ties[2].winner, ties[2].decided_by, ties[2].out) == ("p1", "walkover", ())


def test_who_was_at_home_in_a_played_leg_stays_so() -> None:
    turned = Leg("PLAYOFF", 0, 1, "p4", "p5", 1, 0)
    assert first(turned).legs == (LegPlan(1, "p4", "p5"), LegPlan(2, "p5", "p4"))


def test_results_of_another_pairing_count_for_nothing() -> None:
    other = Leg("PLAYOFF", 0, 1, "p6", "p4", 7, 0)
    assert first(other) == first()


def test_a_leg_that_is_on_says_who_is_at_home_and_decides_nothing() -> None:
    tie = first(Leg("PLAYOFF", 0, 1, "p4", "p5", 3, 0, is_settled=False))
    assert tie.legs == (LegPlan(1, "p4", "p5"), LegPlan(2, "p5", "p4"))
    assert (tie.goals, tie.winner) == (None, None)
