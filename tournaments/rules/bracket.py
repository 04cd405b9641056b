"""The bracket: UEFA's knock-outs since 2024, for every size.

Places of the table come in pairs: 1 and 2, 3 and 4, … A coin decides which of a pair goes to the
upper half, so the two can meet in the final only. Rows of the bracket are named after the place
that stands there if no coin turns a pair round: from the top 1 8 5 4 | 3 6 7 2, with eight of them.
The row of 1 waits for the winner of 16 and 17, that of 2 for 15 and 18, and so on: the better the
place, the nearer to the middle those whom it meets. Pairs of the play-offs have their own coins.

A winner inherits the better *path seed* of the two, which from then on counts as the own place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tournaments.rules.formats import FINAL, Format
from tournaments.rules.ties import WALKOVER, Leg, Side, TieState, settled

# Phase, slot and the two players.
Pairing = tuple[str, int, frozenset[str]]


@dataclass(frozen=True)
class Pair:
    """Two neighbouring places of the table that a coin puts into the two halves."""

    better: int

    @property
    def key(self) -> str:
        """The pair's name among the coins, as `9/10`."""
        return f"{self.better}/{self.better + 1}"

    @property
    def label(self) -> str:
        return f"{self.better} or {self.better + 1}"


@dataclass(frozen=True)
class Knockouts:
    """What the bracket is made of besides its format.

    `places` are the players in the order of the final table, or empty until it is known. `coins`
    are by the key of the pair: True turns it round, so that the worse of the two takes the better's
    row; pairs that are not drawn yet are not in it. `legs` are 1 or 2 for each phase, 2 if it is
    not named.
    """

    format: Format
    places: Sequence[str] = ()
    coins: Mapping[str, bool] = field(default_factory=dict)
    results: Iterable[Leg] = ()
    legs: Mapping[str, int] = field(default_factory=dict)
    withdrawn: Collection[str] = frozenset()


def playoff_pairs(format: Format) -> list[Pair]:
    """The pairs that the draw of the play-offs turns, best first: seeded ones, then the others."""
    first, behind = format.direct + 1, format.through + 1
    return [Pair(place) for place in range(first, behind, 2)]


def direct_pairs(format: Format) -> list[Pair]:
    """The pairs that the draw of the bracket turns, best first."""
    return [Pair(place) for place in range(1, format.direct + 1, 2)]


def rows(format: Format) -> list[int]:
    """The places from the top of the bracket to its bottom, if no coin turns a pair round."""
    order = [1]
    while len(order) < format.direct:
        both = 2 * len(order) + 1
        order = [
            each
            for index, place in enumerate(order)
            for each in ((place, both - place) if index % 2 == 0 else (both - place, place))
        ]
    return order


def bracket(knockouts: Knockouts) -> list[TieState]:
    """Return every tie, round by round and in each from the top; unknown sides have labels.

    It follows from what goes in alone. Results between others than those who now meet in a tie
    count for nothing.
    """
    format = knockouts.format
    results = _by_pairing(knockouts.results)
    before: list[TieState] = []
    ties: list[TieState] = []
    for number, round in enumerate(format.rounds):
        legs = 1 if round.phase == FINAL else knockouts.legs.get(round.phase, 2)
        sides = _sides(knockouts, number, before)
        before = [
            _tie(TieState(round.phase, slot, legs, *pair), results, knockouts.withdrawn)
            for slot, pair in enumerate(sides)
        ]
        ties += before
    return ties


def _by_pairing(results: Iterable[Leg]) -> dict[Pairing, dict[int, Leg]]:
    found = defaultdict[Pairing, dict[int, Leg]](dict)
    for leg in results:
        found[leg.phase, leg.slot, frozenset((leg.home, leg.away))][leg.number] = leg
    return found


def _tie(
    tie: TieState, results: Mapping[Pairing, Mapping[int, Leg]], withdrawn: Collection[str]
) -> TieState:
    players = frozenset(each.player for each in (tie.better, tie.other) if each.player)
    return settled(tie, results.get((tie.phase, tie.slot, players), {}), withdrawn)


def _sides(
    knockouts: Knockouts, number: int, before: Sequence[TieState]
) -> Iterable[tuple[Side, Side]]:
    """Yield who meets in the round, from the top; `before` are the ties of the last one."""
    format = knockouts.format
    if number == 0:
        for row in rows(format):
            yield (
                _placed(knockouts, format.bracket + 1 - row),
                _placed(knockouts, format.bracket + row),
            )
    elif number == 1:
        for row, tie in zip(rows(format), before, strict=True):
            yield (
                _placed(knockouts, row),
                _winner(tie, f"{_short(tie.better)} v {_short(tie.other)}"),
            )
    else:
        name = format.rounds[number - 1].tie_name
        winners = [_winner(tie, f"{name} {tie.slot + 1}") for tie in before]
        for upper, lower in zip(winners[::2], winners[1::2], strict=True):
            is_turned = (
                upper.path_seed is not None
                and lower.path_seed is not None
                and lower.path_seed < upper.path_seed
            )
            yield (lower, upper) if is_turned else (upper, lower)


def _placed(knockouts: Knockouts, row: int) -> Side:
    """Return who stands in the row that is named after this place of the table."""
    pair = Pair(row - 1 + row % 2)
    if pair.key not in knockouts.coins or not knockouts.places:
        return Side(None, pair.label)
    place = 2 * pair.better + 1 - row if knockouts.coins[pair.key] else row
    return Side(knockouts.places[place - 1], str(place), place)


def _winner(tie: TieState, name: str) -> Side:
    seeds = [each.path_seed for each in (tie.better, tie.other) if each.path_seed is not None]
    if tie.winner is not None:
        return Side(tie.winner, f"Winner of {name}", min(seeds))
    return Side(None, f"Winner of {name}", is_empty=tie.decided_by == WALKOVER)


def _short(side: Side) -> str:
    return side.label.replace(" or ", "/")
