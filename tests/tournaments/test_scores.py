"""What can be entered for a match, and what cannot have happened there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tournaments.rules.scores import (
    FORFEIT,
    PLAYED,
    TAKEN_BACK,
    VOID,
    Entered,
    Score,
    Senseless,
    Stage,
    checked,
    fits,
)

LEAGUE = Stage(is_league=True)
FIRST_LEG = Stage(is_league=False)
FINAL = Stage(is_league=False, first_leg=(0, 0))


def second_leg(home: int, away: int) -> Stage:
    """The deciding leg, whose home and away players bring these goals from the first one."""
    return Stage(is_league=False, first_leg=(home, away))


def code(entered: Entered, stage: Stage) -> str:
    """Return why it cannot be entered; "" if it can."""
    try:
        checked(entered, stage, 3)
    except Senseless as error:
        return error.code if error.sentence.endswith(".") else error.sentence
    return ""


@pytest.mark.parametrize(
    ("score", "stage", "why"),
    [
        (Score(2, 2), LEAGUE, ""),
        (Score(2, 2), FIRST_LEG, ""),
        (Score(0, 99), LEAGUE, ""),
        (Score(), LEAGUE, "goals_missing"),
        (Score(1, None), LEAGUE, "goals_missing"),
        (Score(-1, 0), LEAGUE, "out_of_range"),
        (Score(100, 0), LEAGUE, "out_of_range"),
        (Score(2, 1, True), LEAGUE, "no_extra_time_here"),
        (Score(2, 2, False, 4, 3), FIRST_LEG, "no_extra_time_here"),
        (Score(1, 0), FINAL, ""),
        (Score(1, 1), FINAL, "level"),
        (Score(2, 1, True), FINAL, ""),
        (Score(1, 1, True), FINAL, "level_after_extra_time"),
        (Score(1, 1, True, 4, 3), FINAL, ""),
        (Score(1, 1, True, 4, 4), FINAL, "penalties_level"),
        (Score(1, 1, True, 4, None), FINAL, "penalties_missing"),
        (Score(1, 1, False, 4, 3), FINAL, "penalties_without_extra_time"),
        (Score(2, 1, True, 4, 3), FINAL, "not_level"),
        # 1-2 from the first leg.
        (Score(1, 0), second_leg(1, 2), "level"),
        (Score(0, 0), second_leg(1, 2), ""),
        (Score(2, 0, True), second_leg(1, 2), ""),
        (Score(1, 0, True, 5, 4), second_leg(1, 2), ""),
        (Score(0, 1, True), second_leg(1, 2), "never_level"),
        (Score(4, 2, True), second_leg(0, 3), ""),
        (Score(2, 4, True), second_leg(0, 3), "never_level"),
        (Score(0, 3, True), second_leg(3, 1), ""),
        (Score(0, 1, True), second_leg(3, 1), "never_level"),
    ],
)
def test_a_score_makes_sense_where_it_is_entered(score: Score, stage: Stage, why: str) -> None:
    assert code(Entered(PLAYED, score), stage) == why


@given(
    st.builds(
        Score,
        st.integers(0, 5),
        st.integers(0, 5),
        st.booleans(),
        st.one_of(st.none(), st.integers(0, 3)),
        st.one_of(st.none(), st.integers(0, 3)),
    ),
    st.tuples(st.integers(0, 4), st.integers(0, 4)),
)
def test_what_is_entered_in_a_deciding_match_decides(score: Score, first: tuple[int, int]) -> None:
    if code(Entered(PLAYED, score), second_leg(*first)):
        return
    lead = first[0] + (score.home_goals or 0) - first[1] - (score.away_goals or 0)
    shootout = (score.home_penalties or 0) - (score.away_penalties or 0)
    assert (lead != 0) != (shootout != 0)


def test_a_forfeit_has_the_score_of_the_tournament() -> None:
    no_show = Entered(FORFEIT, is_away_guilty=True, ground="no_show")
    assert checked(no_show, LEAGUE, 3).score == Score(3, 0)
    assert checked(no_show, FIRST_LEG, 2).score == Score(2, 0)
    withdrawn = Entered(FORFEIT, is_home_guilty=True, ground="withdrawal")
    assert checked(withdrawn, LEAGUE, 3).score == Score(0, 3)


def test_a_forfeit_never_leaves_a_tie_level() -> None:
    no_show = Entered(FORFEIT, is_away_guilty=True, ground="no_show")
    assert checked(no_show, second_leg(0, 3), 3).score == Score(4, 0)
    assert checked(no_show, second_leg(0, 5), 3).score == Score(3, 0)
    assert checked(no_show, FINAL, 0).score == Score(1, 0)


def test_both_can_forfeit_a_league_match_and_neither_wins() -> None:
    both = Entered(FORFEIT, is_home_guilty=True, is_away_guilty=True, ground="no_show")
    assert checked(both, LEAGUE, 3).score.is_empty
    assert code(both, FINAL) == "both_guilty_in_tie"


@pytest.mark.parametrize(
    ("entered", "stage", "why"),
    [
        (Entered(FORFEIT, ground="no_show"), LEAGUE, "nobody_guilty"),
        (Entered(FORFEIT, is_home_guilty=True), LEAGUE, "no_ground"),
        (
            Entered(FORFEIT, Score(1, 0), is_home_guilty=True, ground="rules"),
            LEAGUE,
            "has_no_score",
        ),
        (Entered(PLAYED, Score(1, 0), is_home_guilty=True), LEAGUE, "not_forfeited"),
        (Entered(PLAYED, Score(1, 0), ground="rules"), LEAGUE, "not_forfeited"),
        (Entered(VOID, Score(1, 0)), LEAGUE, "has_no_score"),
        (Entered(VOID), LEAGUE, ""),
        (Entered(VOID), FIRST_LEG, "void_in_tie"),
        (Entered(TAKEN_BACK), FINAL, ""),
        (Entered(TAKEN_BACK, Score(1, 0)), FINAL, "has_no_score"),
    ],
)
def test_what_was_not_played_says_why(entered: Entered, stage: Stage, why: str) -> None:
    assert code(entered, stage) == why


def test_a_second_leg_fits_the_first_or_is_to_be_entered_again() -> None:
    on_penalties = Score(1, 0, True, 5, 4)
    assert fits(on_penalties, second_leg(1, 2))
    assert not fits(on_penalties, second_leg(1, 1))
    # Level without extra time is open, and neither right nor wrong.
    assert fits(Score(1, 0), second_leg(1, 2))


def test_results_are_said_in_words() -> None:
    assert str(Entered(PLAYED, Score(2, 1))) == "2–1"
    assert str(Entered(PLAYED, Score(1, 1, True, 4, 3))) == "1–1 (4–3 on penalties)"
    assert str(Entered(PLAYED, Score(2, 1, True))) == "2–1 after extra time"
    assert str(Entered(FORFEIT, Score(3, 0))) == "3–0, forfeited"
    assert str(Entered(FORFEIT)) == "forfeited by both"
    assert str(Entered(VOID)) == "void"
    assert str(Entered(TAKEN_BACK)) == "to be played"
