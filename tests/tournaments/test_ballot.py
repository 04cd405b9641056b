"""Who wins a vote."""

from __future__ import annotations

import pytest

from tournaments.rules.ballot import NO_VOTES, QUORUM, TIE, Verdict, verdict


def decide(home: int, away: int, **terms: int) -> Verdict:
    given = {"voters": home + away, "award": 1, "quorum": 1, "splits_ties": False} | terms
    return verdict({"home": home, "away": away}, **given)


def test_the_most_voted_gets_the_award() -> None:
    assert decide(3, 2) == Verdict({"home": 1})
    assert decide(0, 1, award=3) == Verdict({"away": 3})


def test_nobody_gets_it_when_nobody_votes() -> None:
    assert decide(0, 0) == Verdict({}, NO_VOTES)
    assert decide(0, 0, quorum=0, splits_ties=True) == Verdict({}, NO_VOTES)


def test_a_quorum_counts_people_and_not_their_votes() -> None:
    assert decide(9, 0, voters=2, quorum=3) == Verdict({}, QUORUM)
    assert decide(9, 0, voters=3, quorum=3) == Verdict({"home": 1})


def test_a_tie_awards_nothing_unless_there_is_something_to_split() -> None:
    assert decide(2, 2, award=2) == Verdict({}, TIE)
    assert decide(2, 2, award=1, splits_ties=True) == Verdict({}, TIE)
    assert decide(2, 2, award=3, splits_ties=True) == Verdict({"home": 1, "away": 1})


@pytest.mark.parametrize(("home", "away"), [(1, 0), (5, 5)])
def test_a_vote_for_the_applause_has_a_winner_without_points(home: int, away: int) -> None:
    decided = decide(home, away, award=0)
    assert decided == (Verdict({"home": 0}) if home != away else Verdict({}, TIE))
