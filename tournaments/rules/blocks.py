"""Blocks of a draw: the games between two pots, or within one; each possible block as likely.

In a block every player is host of the same number of games and guest of as many, so blocks do not
touch each other and are drawn one by one. Host after host takes its guests; with the first that
cannot, the block is begun anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tournaments.rules.avoid import Impossible, Pair
from tournaments.rules.chance import Chance

# Who is at home, and who is the guest.
Meeting = tuple[str, str]
Block = list[Meeting]
# At whose place each player has been.
Hosts = defaultdict[str, set[str]]

# A draw whose blocks took so many tries in all is given up: for one block, 2 to 200 are usual.
TRIES = 100_000


@dataclass(frozen=True)
class Side:
    """The hosts of a block, those with the least choice first, and the guests each may have."""

    home_games: int
    guests: Sequence[str]
    allowed: list[tuple[str, list[str]]]
    # Of those it may meet, so many have had each host as a guest before.
    visited: int

    def invite(self, block: Block, hosts_of: Hosts, chance: Chance) -> bool:
        """Let every host take its guests, beside what is settled; False if it has to begin anew.

        Each guest has as many places as a host has games. A host chooses among all free places, or
        all places of those whom it could meet, whichever are fewer: a number that is the same in
        every try, which is what makes all results equally likely.
        """
        games = self.home_games
        free = dict.fromkeys(self.guests, games)
        left = len(free) * games
        for host, allowed in self.allowed:
            met = set(hosts_of[host])
            for taken in range(games):
                choices = min(left, games * (len(allowed) - self.visited - taken))
                place = chance.below(choices) if choices > 0 else 0
                for guest in allowed:
                    if guest not in met:
                        place -= free[guest]
                        if place < 0:
                            break
                else:
                    return False
                met.add(guest)
                hosts_of[guest].add(host)
                block.append((host, guest))
                free[guest] -= 1
                left -= 1
        return True


@dataclass
class Tries:
    """How often a draw may still try to get a block."""

    left: int = TRIES


@dataclass(frozen=True)
class Place:
    """Where a block belongs: two pots, or one, and the sides it is drawn from."""

    name: str
    sides: list[Side]

    def drawn(self, chance: Chance, tries: Tries) -> Block:
        """Draw the games of the block; Impossible if no try is left."""
        while tries.left:
            tries.left -= 1
            block: Block = []
            hosts_of: Hosts = defaultdict(set)
            if all(side.invite(block, hosts_of, chance) for side in self.sides):
                return block
        raise Impossible(
            "pairs_and_groups",
            f"The rules leave so few draws of {self.name}, or none, that it was given up after "
            f"{TRIES:,} tries. Let more players meet there.",
        )


def places(pots: Sequence[Sequence[str]], home_games: int, apart: frozenset[Pair]) -> list[Place]:
    """Return the places of all blocks: pot 1 with 1, 1 with 2, …, 2 with 2, ….

    `home_games` is for each player against each pot; the pairs in `apart` do not meet.
    """

    def side(hosts: Sequence[str], guests: Sequence[str], visited: int) -> Side:
        allowed = [
            (host, [g for g in guests if g != host and frozenset((host, g)) not in apart])
            for host in hosts
        ]
        return Side(home_games, guests, sorted(allowed, key=lambda own: len(own[1])), visited)

    return [
        Place(
            f"pot {p + 1} with pot {r + 1}",
            [side(pot, pot, 0)]
            if p == r
            else [side(pot, pots[r], 0), side(pots[r], pot, home_games)],
        )
        for p, pot in enumerate(pots)
        for r in range(p, len(pots))
    ]
