"""Formats: every even size, and a clear answer for the rest."""

from __future__ import annotations

import pytest

from tournaments.rules.formats import NoFormat, format_of


def test_36_players_are_uefas_own_format() -> None:
    form = format_of(36)
    assert (form.pots, form.pot_size, form.matches_per_player, form.matches) == (4, 9, 8, 144)
    assert (form.direct, form.playoff, form.bracket) == (8, 16, 16)
    assert [(each.phase, each.ties) for each in form.rounds] == [
        ("PLAYOFF", 8),
        ("ROUND_OF_16", 8),
        ("QUARTER_FINAL", 4),
        ("SEMI_FINAL", 2),
        ("FINAL", 1),
    ]
    assert [form.zone(place) for place in (1, 8, 9, 24, 25, 36)] == [
        *("direct", "direct", "playoff"),
        *("playoff", "out", "out"),
    ]
    assert form.explained() == [
        "36 players in one table, 8 matches each on 8 match days: 144 matches.",
        "4 pots of 9: everybody meets 2 of each pot, 1 at home and 1 away.",
        "Places 1 to 8 go straight to the round of 16.",
        "Places 9 to 24 play for the other 8 places there, over two legs.",
        "Places 25 to 36 are out.",
    ]


@pytest.mark.parametrize(
    ("players", "pots", "matches", "direct", "last_through", "first_round"),
    [
        (8, 1, 6, 2, 6, "SEMI_FINAL"),
        (12, 4, 8, 2, 6, "SEMI_FINAL"),
        (16, 4, 8, 4, 12, "QUARTER_FINAL"),
        (18, 2, 8, 4, 12, "QUARTER_FINAL"),
        (24, 4, 8, 4, 12, "QUARTER_FINAL"),
        (32, 4, 8, 8, 24, "ROUND_OF_16"),
        (48, 4, 8, 8, 24, "ROUND_OF_16"),
        (64, 4, 8, 16, 48, "ROUND_OF_32"),
    ],
)
def test_other_sizes_follow_from_it(
    players: int, pots: int, matches: int, direct: int, last_through: int, first_round: str
) -> None:
    form = format_of(players)
    assert (form.pots, form.matches_per_player) == (pots, matches)
    assert (form.direct, form.through, form.rounds[1].phase) == (direct, last_through, first_round)


@pytest.mark.parametrize("players", range(8, 65, 2))
@pytest.mark.parametrize("each", [None, 6, 8])
def test_every_even_size_can_be_played(players: int, each: int | None) -> None:
    if each == 8 == players:
        return
    form = format_of(players, each)
    assert form.pots * form.pot_size == players
    assert form.home_per_pot * form.pots * 2 == form.matches_per_player
    # In the own pot nobody meets anybody twice, nor themselves.
    assert form.pot_size > 2 * form.home_per_pot
    assert form.through < players
    assert form.rounds[-1].phase == "FINAL"
    assert sum(each.ties for each in form.rounds) == form.playoff // 2 + form.bracket - 1


@pytest.mark.parametrize(
    ("players", "each", "why"),
    [
        (35, None, "35 players are an odd number"),
        (7, None, "too few"),
        (6, None, "too few"),
        (66, None, "too many"),
        (36, 7, "8 or 6"),
        (8, 8, "7 opponents"),
    ],
)
def test_what_cannot_be_played_says_why(players: int, each: int | None, why: str) -> None:
    with pytest.raises(NoFormat, match=why):
        format_of(players, each)
