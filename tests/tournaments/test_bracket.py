"""The bracket: two real seasons replayed, and what every other bracket must keep."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.tournaments.seasons import season
from tournaments.rules.bracket import Knockouts, bracket, direct_pairs, playoff_pairs, rows
from tournaments.rules.formats import Format, format_of
from tournaments.rules.ties import Leg, LegPlan, TieState

UCL = format_of(36)
# Which pairs the real draws turned round, with the upper half being that of the first of the table.
TURNED = {
    "2024_25": {"3/4", "11/12", "13/14", "15/16", "17/18", "21/22"},
    "2025_26": {"7/8", "9/10", "13/14", "17/18", "19/20", "21/22", "23/24"},
}


def of(ties: list[TieState], phase: str) -> dict[frozenset[str], TieState]:
    """The ties of a round by their two players."""
    return {
        frozenset((tie.better.player, tie.other.player)): tie
        for tie in ties
        if tie.phase == phase and tie.better.player and tie.other.player
    }


def replay(name: str, *phases: str) -> Knockouts:
    """The real results of these rounds, each in the slot where the bracket has that pairing."""
    pairs = [*playoff_pairs(UCL), *direct_pairs(UCL)]
    coins = {each.key: each.key in TURNED[name] for each in pairs}
    knockouts = Knockouts(UCL, places=season(name).official, coins=coins)
    for phase in phases:
        slots = {pairing: tie.slot for pairing, tie in of(bracket(knockouts), phase).items()}
        legs = [*knockouts.results, *season(name).legs(phase, slots)]
        knockouts = replace(knockouts, results=legs)
    return knockouts


def test_the_knock_outs_of_2024_25_are_reached_and_decided_as_they_were() -> None:
    phases = [each.phase for each in UCL.rounds]
    ties = bracket(replay("2024_25", *phases))
    assert all(tie.winner for tie in ties)
    final = ties[-1]
    assert final.winner == "Paris Saint-Germain FC"
    assert (final.goals, final.decided_by) in [((5, 0), "aggregate"), ((0, 5), "aggregate")]
    shoot_outs = [tie for tie in ties if tie.decided_by == "penalties"]
    assert {(tie.winner, tie.goals) for tie in shoot_outs} == {
        ("Real Madrid CF", (2, 2)),
        ("Paris Saint-Germain FC", (1, 1)),
    }
    # Paris was 15th, and took over from Liverpool, who had been first.
    paris = next(side for side in (final.better, final.other) if side.player == final.winner)
    assert paris.path_seed == 1


def test_the_play_offs_of_2025_26_are_decided_as_they_were() -> None:
    ties = of(bracket(replay("2025_26", "PLAYOFF")), "PLAYOFF")
    assert len(ties) == 8
    galatasaray = ties[frozenset(("Juventus", "Galatasaray"))]
    assert (galatasaray.winner, galatasaray.goals) == ("Galatasaray", (5, 7))
    assert galatasaray.decided_by == "extra_time"


def test_path_seeds_say_who_is_at_home_in_the_second_leg_as_in_2025_26() -> None:
    knockouts = replay("2025_26", "PLAYOFF")
    through = {
        *("Sporting", "Arsenal", "Barcelona", "Atletico"),
        *("Real Madrid", "Bayern", "Paris", "Liverpool"),
    }
    last_16 = of(bracket(knockouts), "ROUND_OF_16")
    assert {tie.legs[1].home for tie in last_16.values()} == set(season("2025_26").official[:8])
    won = [
        Leg(
            tie.phase,
            tie.slot,
            leg.number,
            leg.home,
            leg.away,
            leg.home in through,
            leg.away in through,
        )
        for tie in last_16.values()
        for leg in tie.legs
    ]
    ties = bracket(replace(knockouts, results=[*knockouts.results, *won]))
    first_legs = {tie.legs[0] for tie in of(ties, "QUARTER_FINAL").values()}
    # Atlético were 14th, and had inherited the 4 of Tottenham; Barcelona were 5th.
    assert first_legs == {
        LegPlan(1, "Sporting", "Arsenal"),
        LegPlan(1, "Real Madrid", "Bayern"),
        LegPlan(1, "Barcelona", "Atletico"),
        LegPlan(1, "Paris", "Liverpool"),
    }


def test_rows_from_the_top_are_uefas() -> None:
    assert rows(UCL) == [1, 8, 5, 4, 3, 6, 7, 2]
    assert rows(format_of(8)) == [1, 2]
    assert rows(format_of(64)) == [1, 16, 9, 8, 5, 12, 13, 4, 3, 14, 11, 6, 7, 10, 15, 2]


def test_the_skeleton_has_labels_from_day_one() -> None:
    ties = bracket(Knockouts(UCL))
    labels = {(tie.phase, tie.slot): (tie.better.label, tie.other.label) for tie in ties}
    assert len(ties) == 23
    assert labels["PLAYOFF", 0] == ("15 or 16", "17 or 18")
    assert labels["ROUND_OF_16", 0] == ("1 or 2", "Winner of 15/16 v 17/18")
    assert labels["ROUND_OF_16", 1] == ("7 or 8", "Winner of 9/10 v 23/24")
    assert labels["QUARTER_FINAL", 3] == (
        "Winner of round of 16 tie 7",
        "Winner of round of 16 tie 8",
    )
    assert labels["FINAL", 0] == ("Winner of semi-final 1", "Winner of semi-final 2")
    assert not any(tie.legs or tie.winner or tie.decided_by for tie in ties)


def test_the_play_offs_are_drawn_before_the_bracket_is() -> None:
    pairs = playoff_pairs(UCL)
    assert [each.key for each in pairs][:5] == ["9/10", "11/12", "13/14", "15/16", "17/18"]
    coins = {each.key: False for each in pairs}
    ties = bracket(Knockouts(UCL, places=[f"p{n}" for n in range(1, 37)], coins=coins))
    assert all(tie.better.player and tie.other.player for tie in ties[:8])
    assert (ties[0].better.player, ties[0].other.player) == ("p16", "p17")
    assert ties[8].better.label == "1 or 2"
    assert ties[8].other.label == "Winner of 16 v 17"


def test_4096_brackets_can_be_drawn_for_36_players() -> None:
    assert len(direct_pairs(UCL)) + len(playoff_pairs(UCL)) == 12


def played(
    knockouts: Knockouts, chance: random.Random, *, until: str = "FINAL", level: float = 0.3
) -> Knockouts:
    """Play every tie up to a round, some of them with extra time and penalties."""
    for stage in knockouts.format.rounds:
        legs = list(knockouts.results)
        for tie in bracket(knockouts):
            if tie.phase != stage.phase:
                continue
            for leg in tie.legs:
                is_last = leg.number == tie.number_of_legs
                goals = (
                    (0, 0)
                    if chance.random() < level
                    else (chance.randint(0, 3), chance.randint(0, 3))
                )
                penalties = chance.choice(((4, 2), (3, 5)))
                legs.append(
                    Leg(
                        *(tie.phase, tie.slot, leg.number, leg.home, leg.away, *goals, is_last),
                        *(penalties if is_last else (None, None)),
                    )
                )
        knockouts = replace(knockouts, results=legs)
        if stage.phase == until:
            break
    return knockouts


@given(
    st.sampled_from(range(8, 65, 2)).map(format_of),
    st.randoms(use_true_random=False),
    st.sampled_from((1, 2)),
)
def test_every_bracket_keeps_its_promises(form: Format, chance: random.Random, legs: int) -> None:
    places = [f"p{n}" for n in range(1, form.players + 1)]
    pairs = [*playoff_pairs(form), *direct_pairs(form)]
    knockouts = played(
        Knockouts(
            form,
            places=places,
            coins={each.key: chance.random() < 0.5 for each in pairs},
            legs={"QUARTER_FINAL": legs, "SEMI_FINAL": legs},
        ),
        chance,
    )
    ties = bracket(knockouts)
    assert all(tie.winner and len(tie.out) == 1 for tie in ties)
    # Everybody who is through plays, each loses once, and one does not.
    out = [player for tie in ties for player in tie.out]
    assert len(out) == len(set(out)) == form.through - 1
    assert {*out, ties[-1].winner} == set(places[: form.through])
    for tie in ties:
        assert (tie.better.path_seed or 0) < (tie.other.path_seed or 0)
        assert tie.legs[-1].home == tie.better.player
        assert len(tie.legs) == tie.number_of_legs
    # The two of a pair meet in the final, or never.
    for tie in ties[:-1]:
        seeds = sorted((tie.better.path_seed or 0, tie.other.path_seed or 0))
        assert seeds[1] - seeds[0] > 1 or seeds[0] % 2 == 0
    shuffled = list(knockouts.results)
    chance.shuffle(shuffled)
    assert bracket(replace(knockouts, results=shuffled)) == ties


def test_the_two_of_a_pair_are_in_opposite_halves_however_coins_fall() -> None:
    places = [f"p{n}" for n in range(1, 37)]
    keys = [each.key for each in direct_pairs(UCL)]
    for coins in itertools.product((False, True), repeat=4):
        ties = bracket(Knockouts(UCL, places=places, coins=dict(zip(keys, coins, strict=True))))
        last_16 = [tie for tie in ties if tie.phase == "ROUND_OF_16"]
        upper = {tie.better.player for tie in last_16[:4]}
        for better in (1, 3, 5, 7):
            assert len(upper & {f"p{better}", f"p{better + 1}"}) == 1


def test_the_final_has_one_leg_and_the_play_offs_have_two() -> None:
    ties = bracket(Knockouts(format_of(8), legs={"SEMI_FINAL": 1}))
    legs = {tie.phase: tie.number_of_legs for tie in ties}
    assert legs == {"PLAYOFF": 2, "SEMI_FINAL": 1, "FINAL": 1}
