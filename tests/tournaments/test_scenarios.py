"""Outlooks: what is called sure stays true whatever happens."""

from __future__ import annotations

import random

import pytest

from tests.tournaments.seasons import season
from tournaments.rules.formats import format_of
from tournaments.rules.scenarios import outlooks, strengths
from tournaments.rules.standings import Played, table

UCL = format_of(36)


def after(day: int) -> tuple[list[Played], list[Played]]:
    """The matches of 2024/25 until a match day, and those behind it."""
    played = season("2024_25").league(until=day)
    return played, [each for each in season("2024_25").league() if each not in played]


def test_before_the_first_match_everything_is_open() -> None:
    _, left = after(0)
    rows = table(season("2024_25").entrants(), [], UCL)
    found = outlooks(rows, [(each.home, each.away) for each in left], UCL)
    assert {(each.best, each.worst, each.verdict) for each in found.values()} == {(1, 36, "open")}


def test_before_the_last_day_of_2024_25_two_were_sure_of_the_best_places_and_nine_out() -> None:
    played, left = after(7)
    rows = table(season("2024_25").entrants(), played, UCL)
    found = outlooks(rows, [(each.home, each.away) for each in left], UCL)
    verdicts = [found[row.id].verdict for row in rows]
    assert [rows[i].id for i, each in enumerate(verdicts) if each == "sure_direct"] == [
        "Liverpool FC",
        "FC Barcelona",
    ]
    assert verdicts.count("sure_out") == 9


def test_after_the_last_match_nothing_is_open() -> None:
    rows = table(season("2024_25").entrants(), season("2024_25").league(), UCL)
    found = outlooks(rows, [], UCL)
    assert [(found[row.id].best, found[row.id].worst) for row in rows] == [
        (rank, rank) for rank in range(1, 37)
    ]
    assert [found[row.id].verdict for row in rows] == (
        ["sure_direct"] * 8 + ["sure_playoff"] * 16 + ["sure_out"] * 12
    )


@pytest.mark.parametrize("seed", range(20))
def test_what_is_sure_happens_however_the_rest_is_played(seed: int) -> None:
    chance = random.Random(seed)
    played, left = after(chance.randint(4, 7))
    entrants = season("2024_25").entrants()
    rows = table(entrants, played, UCL)
    found = outlooks(rows, [(each.home, each.away) for each in left], UCL)
    played += [
        Played(each.home, each.away, chance.randint(0, 4), chance.randint(0, 4)) for each in left
    ]
    for row in table(entrants, played, UCL):
        outlook = found[row.id]
        assert outlook.best <= row.rank <= outlook.worst
        assert outlook.verdict != "sure_direct" or row.zone == "direct"
        assert outlook.verdict != "sure_playoff" or row.zone != "out"
        assert outlook.verdict != "sure_out" or row.zone == "out"


def test_votes_to_come_keep_places_open() -> None:
    played, left = after(7)
    rows = table(season("2024_25").entrants(), played, UCL)
    pairings = [(each.home, each.away) for each in left]
    found = outlooks(rows, pairings, UCL, bonus_left=dict.fromkeys((row.id for row in rows), 3))
    assert found["FC Barcelona"].verdict == "sure_playoff"


def test_opponents_are_as_hard_as_what_they_win() -> None:
    pairings = [(each.home, each.away) for each in season("2024_25").league()]
    rows = table(season("2024_25").entrants(), season("2024_25").league(), UCL)
    assert strengths(rows, pairings)["Liverpool FC"] == round(88 / 64, 2)
    before = table(season("2024_25").entrants(), [], UCL)
    assert set(strengths(before, pairings).values()) == {None}
