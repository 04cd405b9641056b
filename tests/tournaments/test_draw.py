"""The league draw: its rules hold at every size, and no draw is likelier than another."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.tournaments.draws import pots, proof
from tournaments.management import replay
from tournaments.rules.avoid import Avoid, Impossible
from tournaments.rules.blocks import TRIES
from tournaments.rules.chance import Chance, canonical
from tournaments.rules.draw import Fixtures, draw, meetings
from tournaments.rules.formats import format_of

SIZES = range(8, 66, 2)


def opponents(fixtures: Fixtures, player: str) -> set[str]:
    games = [{game.home, game.away} for game in fixtures.games]
    return {other for game in games if player in game for other in game - {player}}


# --- The rules ---------------------------------------------------------------------------------


@pytest.mark.parametrize("players", SIZES)
def test_every_even_size_is_drawn_by_the_rules(players: int) -> None:
    form = format_of(players)
    for number in range(2):
        drawn = proof(pots(players), form.matches_per_player, number=number)
        replay.check_rules(drawn["facts"], drawn["result"]["games"])


@pytest.mark.parametrize("players", [8, 10, 12, 14, 18, 28, 36, 64])
def test_six_matches_for_each_are_drawn_by_the_rules(players: int) -> None:
    drawn = proof(pots(players, 6), 6)
    replay.check_rules(drawn["facts"], drawn["result"]["games"])


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=1, max_size=32))
def test_every_seed_keeps_the_rules(seed: bytes) -> None:
    drawn = draw(pots(36), 8, Chance(seed))
    facts = {"pots": pots(36), "matches_per_player": 8, "avoid": Avoid().as_json()}
    replay.check_rules(facts, [list(game) for game in drawn.games])


def test_the_same_seed_is_the_same_draw() -> None:
    drawn = draw(pots(36), 8, Chance(b"\x07" * 32))

    assert drawn == draw(pots(36), 8, Chance(b"\x07" * 32))
    # If this changes, published draws cannot be made again: give the new way another version.
    digest = sha256(canonical([list(game) for game in drawn.games])).hexdigest()
    assert digest.startswith("8eb4bd865ac4b719")


@pytest.mark.parametrize(
    ("among", "matches"),
    [
        ([["a", "b", "c"], ["d", "e", "f", "g", "h"]], 8),  # Unequal.
        ([["a", "b", "c"], ["d", "e", "a"]], 4),  # Twice there.
        ([["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]], 6),  # Odd.
        ([["a", "b", "c", "d"], ["e", "f", "g", "h"]], 8),  # More than there are.
        ([["a", "b", "c", "d"], ["e", "f", "g", "h"]], 6),  # Not to be shared out.
        ([["a", "b"], ["c", "d"]], 0),
    ],
)
def test_pots_that_do_not_fit_are_an_error(among: list[list[str]], matches: int) -> None:
    with pytest.raises(ValueError, match=r"[Pp]ots|odd"):
        draw(among, matches, Chance(b""))


# --- Evenness ----------------------------------------------------------------------------------


def cycles(following: dict[str, str]) -> tuple[int, ...]:
    found, left = [], dict(following)
    while left:
        start = at = next(iter(left))
        length = 0
        while at in left:
            at, length = left.pop(at), length + 1
        assert at == start
        found.append(length)
    return tuple(sorted(found, reverse=True))


def hosts_of(met: list[tuple[str, str]], hosts: list[str], guests: list[str]) -> dict[str, str]:
    return {home: away for home, away in met if home in hosts and away in guests}


def chi_square(counts: Counter[object], weights: dict[object, int]) -> float:
    total, whole = sum(counts.values()), sum(weights.values())
    assert set(counts) <= set(weights)
    return sum(
        (counts[kind] - total * weight / whole) ** 2 / (total * weight / whole)
        for kind, weight in weights.items()
    )


def test_circles_of_a_pot_are_as_frequent_as_there_are_draws_with_them() -> None:
    """Of the 80,864 draws within a pot of nine, so many are a circle of nine, and so on."""
    among, counts = pots(36), Counter[object]()
    for number in range(500):
        met = meetings(among, 8, Chance(b"own %d" % number))
        counts.update(cycles(hosts_of(met, pot, pot)) for pot in among)
    weights: dict[object, int] = {
        (9,): 40_320,
        (6, 3): 20_160,
        (5, 4): 18_144,
        (3, 3, 3): 2_240,
    }
    # Three degrees of freedom: above 16.3 once in a thousand.
    assert chi_square(counts, weights) < 16.3


def test_circles_between_pots_are_as_frequent_as_there_are_draws_with_them() -> None:
    """There and back again: 133,496 derangements of nine, by their number of circles."""
    among, counts = pots(36), Counter[object]()
    for number in range(500):
        met = meetings(among, 8, Chance(b"cross %d" % number))
        for p, r in [(0, 1), (0, 3), (1, 2), (2, 3)]:
            there = hosts_of(met, among[p], among[r])
            back = hosts_of(met, among[r], among[p])
            counts[len(cycles({host: back[there[host]] for host in there}))] += 1
    weights: dict[object, int] = {1: 40_320, 2: 64_224, 3: 26_432, 4: 2_520}
    assert chi_square(counts, weights) < 16.3


def test_with_avoided_pairs_every_draw_that_is_left_is_as_likely() -> None:
    """Small enough to list: a pot of five where one pair is kept apart."""
    among = [list("abcde"), list("vwxyz")]
    avoid = Avoid.of([("a", "b")])
    counts = Counter[object]()
    for number in range(3_000):
        met = meetings(among, 4, Chance(b"pair %d" % number), avoid)
        counts[tuple(sorted(hosts_of(met, among[0], among[0]).items()))] += 1
    # Circles of five in which a and b are no neighbours.
    assert len(counts) == 12
    assert sum((count - 250) ** 2 / 250 for count in counts.values()) < 31.3


# --- What is to be avoided ---------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_random_groups_are_kept_apart_or_said_to_be_impossible(data: st.DataObject) -> None:
    players = data.draw(st.sampled_from([8, 10, 12, 16, 20, 36]))
    form, names = format_of(players), [f"p{seed}" for seed in range(players)]
    shuffled = data.draw(st.permutations(names))
    sizes = data.draw(st.lists(st.integers(1, 6), max_size=8))
    groups, start = {}, 0
    for number, size in enumerate(sizes):
        groups[f"g{number}"] = shuffled[start : start + size]
        start += size
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names))))
    avoid = Avoid.of([pair for pair in pairs if pair[0] != pair[1]], groups)
    try:
        drawn = proof(pots(players), form.matches_per_player, avoid)
    except Impossible as impossible:
        told = impossible.rule, impossible.why[-1]
        event(f"{players} players are impossible")
    else:
        told = "", "."
        replay.check_rules(drawn["facts"], drawn["result"]["games"])
    assert told[0] in {"", "pairs", "groups", "pairs_and_groups"}
    assert told[1] == "."


def test_a_limit_for_each_group_holds() -> None:
    """As the clubs of one country: nobody meets more than two of another one."""
    names = Chance(b"countries").shuffled([f"p{seed}" for seed in range(36)])
    sizes = [5, 4, 4, 4, 4, 3, 2, 2, 2]
    groups = {
        f"c{n}": names[sum(sizes[:n]) : sum(sizes[:n]) + size] for n, size in enumerate(sizes)
    }
    drawn = proof(pots(36), 8, Avoid.of([], groups, 2))
    replay.check_rules(drawn["facts"], drawn["result"]["games"])


def test_names_that_are_not_on_the_roster_do_no_harm() -> None:
    avoid = Avoid.of([("p0", "gone")], {"club": ["gone", "p1"]}, 1)
    assert draw(pots(36), 8, Chance(b""), avoid).games


POTS = pots(36)


@pytest.mark.parametrize(
    ("avoid", "rule", "why"),
    [
        (Avoid.of([], {"clan": POTS[0][:5]}), "groups", "p0, p1, p2, p3 and p4 need 10"),
        (Avoid.of([("p0", it) for it in POTS[1][:8]]), "pairs", "p0 needs 2 opponents"),
        (
            Avoid.of([("p0", it) for it in POTS[1][:4]], {"clan": ["p0", *POTS[1][4:8]]}),
            "pairs_and_groups",
            "Pot 1 with pot 2: p0 needs 2 opponents there and may meet only 1.",
        ),
        (Avoid.of([], {"a": POTS[0][1:5], "b": POTS[0][5:]}, 1), "most_per_group", "Allow more"),
    ],
)
def test_what_cannot_be_names_its_rule(avoid: Avoid, rule: str, why: str) -> None:
    with pytest.raises(Impossible) as caught:
        draw(POTS, 8, Chance(b""), avoid)
    assert caught.value.rule == rule
    assert why in caught.value.why


def test_a_limit_that_leaves_too_few_is_proven_before_anything_is_tried() -> None:
    """Three groups of twelve: three opponents from each of the other two are no eight."""
    groups = {
        name: [it for pot in POTS for it in pot[n : n + 3]]
        for n, name in [(0, "a"), (3, "b"), (6, "c")]
    }
    with pytest.raises(Impossible, match="p0 needs 2 opponents from each pot") as caught:
        draw(POTS, 8, Chance(b""), Avoid.of([], groups, 3))
    assert caught.value.rule == "most_per_group"


class Counting(Chance):
    choices = 0

    def below(self, n: int) -> int:
        self.choices += 1
        return super().below(n)


def test_a_limit_that_hardly_any_draw_keeps_is_given_up() -> None:
    apart = [("p0", "p13"), ("p11", "p5")]
    groups = {"a": ["p11", "p13", "p7"], "b": ["p4", "p5", "p6"]}
    chance = Counting(b"3")
    with pytest.raises(Impossible) as caught:
        draw(pots(14), 8, chance, Avoid.of(apart, groups, 2))
    assert caught.value.rule == "most_per_group"
    assert chance.choices < 20 * TRIES


@pytest.mark.parametrize(("pairs", "most"), [([("a", "a")], None), ([], 0)])
def test_rules_without_a_sense_are_an_error(pairs: list[tuple[str, str]], most: int | None) -> None:
    with pytest.raises(ValueError, match=r"pair|most"):
        Avoid.of(pairs, None, most)
