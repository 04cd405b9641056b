"""The league draw: who meets whom, where and when, from a seed.

Who meets whom and where is drawn block by block, exactly evenly. Two things need a walk instead: a
limit of opponents from one group, which ties the blocks together, and a single pot with many games
for each. The days come after, and do not change who meets whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from tournaments.rules.avoid import NONE, Avoid, Impossible, Pair
from tournaments.rules.blocks import Block, Meeting, Tries, places
from tournaments.rules.chance import Chance
from tournaments.rules.obstacles import find_obstacle
from tournaments.rules.schedule import Game, Unplayable, schedule
from tournaments.rules.walks import Guests, exchanged, in_turn, walk

_End = TypeVar("_End")

__all__ = ["NONE", "VERSION", "Avoid", "Fixtures", "Game", "Impossible", "draw", "meetings"]

# How the draw is made; whatever makes other games of the same seed is another version.
VERSION = 1

# How often a draw that cannot be played in its days is drawn anew. None of 10,000 had to be.
REDRAWS = 20
# Whole draws that are tried before a limit for each group is approached by a walk.
WHOLE_TRIES = 10
# Steps for each block, or each game, until chance has forgotten where a walk began.
MIXING = 40
# With more home games against a pot than this, too few tries to draw a block would succeed.
MOST_AT_ONCE = 2


@dataclass(frozen=True)
class Fixtures:
    """The games in the order of match days, and how often it took a new draw to get there."""

    games: list[Game]
    redraws: int = 0


def draw(
    pots: Sequence[Sequence[str]], matches_per_player: int, chance: Chance, avoid: Avoid = NONE
) -> Fixtures:
    """Draw the meetings and put them into `matches_per_player` match days.

    Everybody has as many opponents from each pot, half of them at home, and nobody twice; on days
    1-2, 3-4, … everybody plays once at home and once away. Raises Impossible with the rule that
    cannot hold, and ValueError for pots that do not fit together.
    """
    for redraws in range(REDRAWS):
        met = meetings(pots, matches_per_player, chance, avoid)
        try:
            return Fixtures(schedule(met, chance), redraws)
        except Unplayable:
            continue
    raise Impossible(
        "pairs_and_groups",
        f"{REDRAWS} draws kept the rules, but none of them could be played in "
        f"{matches_per_player} match days. Let more players meet.",
    )


def meetings(
    pots: Sequence[Sequence[str]], matches_per_player: int, chance: Chance, avoid: Avoid = NONE
) -> list[Meeting]:
    """Draw who meets whom and where: (home, away), without days. Raises as `draw` does."""
    home_games = _home_games(pots, matches_per_player)
    find_obstacle(pots, home_games, avoid)
    rules = _Rules(avoid)
    if home_games > MOST_AT_ONCE:
        return _from_one_pot(pots[0], home_games, chance, rules)
    return _from_blocks(pots, home_games, chance, rules)


def _home_games(pots: Sequence[Sequence[str]], matches_per_player: int) -> int:
    """Return how many games each player has at home against each pot."""
    players = [player for pot in pots for player in pot]
    if len(set(players)) != len(players) or len({len(pot) for pot in pots}) != 1:
        raise ValueError("Pots are of one size, and everybody is in one of them.")
    if len(players) % 2:
        raise ValueError("An odd number of players cannot all play on every match day.")
    home_games, rest = divmod(matches_per_player, 2 * len(pots))
    if rest or home_games < 1 or len(pots[0]) <= 2 * home_games:
        raise ValueError("So many matches cannot be shared out evenly among these pots.")
    if home_games > MOST_AT_ONCE and len(pots) > 1:
        raise ValueError("So many matches against each of several pots are not drawn here.")
    return home_games


def _from_blocks(
    pots: Sequence[Sequence[str]], home_games: int, chance: Chance, rules: _Rules
) -> list[Meeting]:
    drawn_from, left = places(pots, home_games, rules.apart), Tries()

    def whole() -> list[Block]:
        return [place.drawn(chance, left) for place in drawn_from]

    def step(blocks: list[Block]) -> list[Block]:
        index = chance.below(len(blocks))
        return [*blocks[:index], drawn_from[index].drawn(chance, left), *blocks[index + 1 :]]

    def crowded(blocks: list[Block]) -> int:
        return rules.crowded([game for block in blocks for game in block])

    blocks = whole()
    if rules.avoid.most_per_group is not None:
        tries = 1
        while crowded(blocks) and tries < WHOLE_TRIES:
            blocks = whole()
            tries += 1
        if crowded(blocks):
            try:
                end = walk(blocks, step, crowded, MIXING * len(blocks))
            except Impossible:
                end = None
            blocks = rules.reached(end)
    return [game for block in blocks for game in block]


def _from_one_pot(
    pot: Sequence[str], home_games: int, chance: Chance, rules: _Rules
) -> list[Meeting]:
    def games(guests: Guests) -> list[Meeting]:
        return [(host, guest) for host in pot for guest in guests[host]]

    start = in_turn(chance.shuffled(pot), home_games)
    return games(
        rules.reached(
            walk(
                start,
                lambda guests: exchanged(guests, chance),
                lambda guests: rules.faults(games(guests)),
                MIXING * len(pot) * home_games,
            )
        )
    )


class _Rules:
    """What is to be avoided, counted in a list of games."""

    def __init__(self, avoid: Avoid) -> None:
        self.avoid = avoid
        self.apart: frozenset[Pair] = avoid.apart()
        self.groups: dict[str, list[str]] = {}
        for name in sorted(avoid.groups):
            for player in avoid.groups[name]:
                self.groups.setdefault(player, []).append(name)

    def faults(self, games: list[Meeting]) -> int:
        """Return how many games should not be, and how many opponents are too many of a group."""
        if not self.apart:
            return 0
        return sum(frozenset(game) in self.apart for game in games) + self.crowded(games)

    def crowded(self, games: list[Meeting]) -> int:
        """Return how many opponents are too many of their group, over all players."""
        most = self.avoid.most_per_group
        if most is None:
            return 0
        counts: dict[tuple[str, str], int] = {}
        for home, away in games:
            for player, other in ((home, away), (away, home)):
                for group in self.groups.get(other, ()):
                    counts[player, group] = counts.get((player, group), 0) + 1
        return sum(count - most for count in counts.values() if count > most)

    def reached(self, end: _End | None) -> _End:
        """Return where a walk ended; Impossible if it never came where the rules hold."""
        if end is not None:
            return end
        if self.avoid.most_per_group is None:
            raise Impossible("pairs_and_groups", "No draw was found that keeps them apart.")
        raise Impossible(
            "most_per_group",
            "No draw was found in which nobody has more opponents from one group than "
            f"{self.avoid.most_per_group}. Allow more, or make the groups smaller.",
        )
