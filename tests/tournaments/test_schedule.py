"""Match days: everybody plays once on each, or is told that this cannot be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tournaments.draws import pots
from tournaments.rules.chance import Chance
from tournaments.rules.draw import meetings
from tournaments.rules.schedule import Meeting, Unplayable, schedule


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=16), st.sampled_from([8, 12, 18, 36, 64]))
def test_days_hold_all_games_once(seed: bytes, players: int) -> None:
    chance = Chance(seed)
    games = meetings(pots(players), 6 if players == 8 else 8, chance)
    try:
        days = schedule(games, chance)
    except Unplayable:
        assert players == 8
        return
    assert sorted((game.home, game.away) for game in days) == sorted(games)
    for first in range(1, days[-1].matchday, 2):
        homes = [game.home for game in days if game.matchday == first]
        aways = [game.away for game in days if game.matchday == first]
        assert len({*homes, *aways}) == players
        # Who was at home is away on the next day, and the other way round.
        assert sorted(aways) == sorted(game.home for game in days if game.matchday == first + 1)


def test_a_draw_that_cannot_be_played_is_recognised_and_explained() -> None:
    with pytest.raises(Unplayable, match="3 alone joins 12 players"):
        schedule(two_worlds(), Chance(b"any"))


def two_worlds() -> list[Meeting]:
    """A draw of 36 by all the rules of pots, where player 3 alone joins twelve to the others.

    The first three of each pot have their games among themselves, and so have the other six; only
    in the first pot there are circles of four and five, so that 3 is between 2 and 0. The twelve
    are an even number: on a day on which one of them meets 3, another one has no opponent.
    """
    return [
        (str(9 * p + i), str(9 * r + _guest(i, p, r)))
        for p in range(4)
        for r in range(4)
        for i in range(9)
    ]


def _guest(host: int, p: int, r: int) -> int:
    circles = [range(4), range(4, 9)] if p == r == 0 else [range(3), range(3, 9)]
    circle = circles[host in circles[1]]
    ahead = 0 if p < r else 1
    return circle[(host - circle[0] + ahead) % len(circle)]
