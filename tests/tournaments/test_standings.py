"""The table: the real seasons in their official order, and what no real season reached."""

from __future__ import annotations

import math
import random
import statistics
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tournaments.seasons import season
from tournaments.rules.formats import Format, format_of
from tournaments.rules.standings import Entrant, Played, Row, table

UCL = format_of(36)
# Four players who meet each other once: 3 matches each, small enough to be read.
SMALL = Format(players=4, pots=1, pot_size=4, matches_per_player=3, direct=1, playoff=2)


def entrants(*names: str, **columns: dict[str, int]) -> list[Entrant]:
    """Players seeded in this order; columns are values by name."""
    return [
        Entrant(name, seed, lot=seed, **{key: of.get(name, 0) for key, of in columns.items()})
        for seed, name in enumerate(names, 1)
    ]


def games(*lines: str) -> list[Played]:
    """Matches such as `a b 2 1`."""
    return [
        Played(home, away, int(goals), int(others))
        for home, away, goals, others in (line.split() for line in lines)
    ]


def order(rows: list[Row]) -> list[str]:
    return [row.id for row in rows]


def why(rows: list[Row], name: str) -> tuple[str, int, int]:
    """What puts a player above the next."""
    decision = next(row.decided_by for row in rows if row.id == name)
    assert decision is not None
    return decision.criterion.key, decision.value, decision.next_value


@pytest.mark.parametrize("name", ["2024_25", "2025_26"])
def test_a_real_season_comes_out_in_its_official_order(name: str) -> None:
    played = season(name).league()
    random.Random(name).shuffle(played)
    rows = table(season(name).entrants(), played, UCL)
    assert order(rows) == list(season(name).official)
    assert Counter(row.zone for row in rows) == {"direct": 8, "playoff": 16, "out": 12}
    assert all(row.played == 8 for row in rows)


def test_each_place_of_2024_25_says_what_decided_it() -> None:
    rows = table(season("2024_25").entrants(), season("2024_25").league(), UCL)
    decided = Counter(row.decided_by.criterion.key for row in rows if row.decided_by)
    assert decided == {"total": 14, "goal_difference": 18, "goals_for": 2, "away_wins": 1}
    assert why(rows, "Real Madrid CF") == ("away_wins", 2, 1)
    second = next(row.decided_by for row in rows if row.id == "FC Barcelona")
    assert second
    assert second.words == ("+15", "+13")
    assert rows[-1].decided_by is None


def test_each_place_of_2025_26_says_what_decided_it() -> None:
    rows = table(season("2025_26").entrants(), season("2025_26").league(), UCL)
    by_goals = [
        row.rank for row in rows if row.decided_by and row.decided_by.criterion.key == "goals_for"
    ]
    assert by_goals == [7, 11, 19, 25]


def test_opponents_sums_are_those_of_the_published_table() -> None:
    rows = table(season("2024_25").entrants(), season("2024_25").league(), UCL)
    first = rows[0]
    assert (first.opponents_points, first.opponents_goal_difference, first.opponents_goals) == (
        88,
        10,
        99,
    )


@pytest.mark.parametrize("day", range(1, 8))
def test_before_the_last_match_day_opponents_decide_nothing(day: int) -> None:
    rows = table(season("2024_25").entrants(), season("2024_25").league(until=day), UCL)
    assert all(row.opponents_points is None for row in rows)
    assert all(row.played == day for row in rows)
    keys = {row.decided_by.criterion.key for row in rows if row.decided_by}
    assert not {key for key in keys if key.startswith("opponents")}


def test_during_the_last_match_day_opponents_decide_nothing() -> None:
    played = season("2024_25").league()[:-1]
    rows = table(season("2024_25").entrants(), played, UCL)
    assert all(row.opponents_points is None for row in rows)


def test_before_anything_is_played_the_table_is_in_the_order_of_seeds() -> None:
    rows = table(entrants("d", "b", "c", "a"), [], SMALL)
    assert order(rows) == ["d", "b", "c", "a"]
    assert why(rows, "d") == ("seed", 1, 2)


def test_away_goals_decide_before_wins() -> None:
    # As 5th and 6th of the Conference League's first season of the kind: all equal but those.
    rows = table(
        entrants("x", "y", "v", "w"), games("x v 2 2", "w x 0 1", "v y 2 2", "y w 1 0"), SMALL
    )
    assert order(rows)[:2] == ["y", "x"]
    assert why(rows, "y") == ("away_goals", 2, 1)


# x and y are level in all that is their own: x has met p and q, y has met r and s.
OWN = ("x p 1 0", "q x 0 0", "y r 1 0", "s y 0 0")
MADE_UP = Format(players=6, pots=1, pot_size=6, matches_per_player=2, direct=1, playoff=2)


@pytest.mark.parametrize(
    ("others", "decision"),
    [
        (("p q 1 0", "r s 0 0"), ("opponents_points", 4, 3)),
        (("p r 2 0", "s q 1 0"), ("opponents_goal_difference", 0, -2)),
        (("p q 3 3", "r s 0 0"), ("opponents_goals", 6, 0)),
    ],
)
def test_opponents_decide_once_nobody_has_a_match_to_play(
    others: tuple[str, str], decision: tuple[str, int, int]
) -> None:
    players = entrants("y", "x", "p", "q", "r", "s")
    before = table(players, games(*OWN, others[0]), MADE_UP)
    assert order(before).index("y") < order(before).index("x")
    rows = table(players, games(*OWN, *others), MADE_UP)
    assert order(rows).index("x") + 1 == order(rows).index("y")
    assert why(rows, "x") == decision


def test_fewer_strikes_decide_before_the_seed_and_the_seed_before_the_lot() -> None:
    rows = table(entrants("a", "b", "c", strikes={"a": 1}), [], SMALL)
    assert order(rows) == ["b", "c", "a"]
    assert why(rows, "c") == ("strikes", 0, 1)
    same = [Entrant("a", 1, lot=2), Entrant("b", 1, lot=1)]
    assert why(table(same, [], SMALL), "b") == ("lot", 1, 2)


def test_vote_points_count_only_break_ties_or_do_nothing() -> None:
    players = entrants("a", "b", "c", "d", bonus={"b": 1, "c": 1})
    played = games("a d 1 0", "b d 1 1", "c a 0 5")

    counting = table(players, played, SMALL, bonus_mode="counts")
    assert [(row.id, row.points, row.bonus, row.total) for row in counting] == [
        ("a", 6, 0, 6),
        ("b", 1, 1, 2),
        ("d", 1, 0, 1),
        ("c", 0, 1, 1),
    ]
    assert why(counting, "b") == ("total", 2, 1)

    breaking = table(players, played, SMALL, bonus_mode="tie_break")
    assert [(row.id, row.total) for row in breaking] == [("a", 6), ("b", 1), ("d", 1), ("c", 0)]
    assert why(breaking, "b") == ("bonus", 1, 0)

    assert all(row.bonus == 0 for row in table(players, played, SMALL, bonus_mode="off"))


def test_vote_points_are_not_in_what_opponents_have() -> None:
    played = season("2024_25").league()
    players = [replace(each, bonus=3) for each in season("2024_25").entrants()]
    plain = table(season("2024_25").entrants(), played, UCL)
    assert [row.opponents_points for row in table(players, played, UCL)] == [
        row.opponents_points for row in plain
    ]


def test_a_void_match_counts_as_none_and_keeps_no_criterion_from_the_others() -> None:
    played = season("2024_25").league()
    void = [replace(played[0], is_void=True), *played[1:]]
    rows = {row.id: row for row in table(season("2024_25").entrants(), void, UCL)}
    assert rows[played[0].home].played == rows[played[0].away].played == 7
    assert rows[played[0].home].opponents_points is not None


def test_a_double_forfeit_is_lost_by_both() -> None:
    both = [Played("a", "b", is_lost_by_both=True)]
    rows = table(entrants("a", "b", "c", "d"), both, SMALL)
    lost = [row for row in rows if row.played]
    assert [(row.losses, row.draws, row.points, row.goal_difference) for row in lost] == [
        (1, 0, 0, 0)
    ] * 2


def goals(chance: random.Random, mean: float) -> int:
    """Draw a number of goals, as rare events come."""
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def test_equal_players_need_about_as_many_points_as_has_been_measured_elsewhere() -> None:
    chance = random.Random(8)
    fixtures = season("2024_25").league()
    eighth, last_through = [], []
    for _ in range(400):
        played = [
            replace(each, home_goals=goals(chance, 1.5), away_goals=goals(chance, 1.5))
            for each in fixtures
        ]
        rows = table(season("2024_25").entrants(), played, UCL)
        eighth.append(rows[7].points)
        last_through.append(rows[23].points)
    assert 14.0 <= statistics.mean(eighth) <= 14.3
    assert 9.4 <= statistics.mean(last_through) <= 9.6


PLAYERS = format_of(8)
RESULTS = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(0, 4), st.integers(0, 4)).filter(
        lambda drawn: drawn[0] != drawn[1]
    ),
    max_size=24,
)


@given(
    RESULTS, st.randoms(use_true_random=False), st.lists(st.integers(0, 2), min_size=8, max_size=8)
)
def test_the_order_is_total_and_does_not_depend_on_what_comes_first(
    drawn: list[tuple[int, int, int, int]], chance: random.Random, bonus: list[int]
) -> None:
    players = [Entrant(f"p{n}", n // 2, lot=n, bonus=bonus[n]) for n in range(8)]
    played = [Played(f"p{a}", f"p{b}", goals, others) for a, b, goals, others in drawn]
    rows = table(players, played, PLAYERS)
    chance.shuffle(players)
    chance.shuffle(played)
    assert table(players, played, PLAYERS) == rows
    assert [row.rank for row in rows] == list(range(1, 9))
    assert all(row.decided_by for row in rows[:-1])
    assert sum(row.goal_difference for row in rows) == 0
    assert sum(row.wins for row in rows) == sum(row.losses for row in rows)
