"""Proofs that a draw cannot be: which rule asks for more meetings than there are."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations_with_replacement
from typing import Generic, TypeVar

from tournaments.rules.avoid import Avoid, Impossible, Pair

_L = TypeVar("_L", bound=Hashable)
_R = TypeVar("_R", bound=Hashable)


def find_obstacle(pots: Sequence[Sequence[str]], home_games: int, avoid: Avoid) -> None:
    """Raise Impossible with the rule that leaves too few opponents, if one is seen to.

    What passes here can still be impossible in rare cases; then the draw itself gives up.
    """
    each = 2 * home_games
    rules = {"pairs": avoid.pairs, "groups": avoid.mates(), "pairs_and_groups": avoid.apart()}
    for rule, apart in rules.items():
        if not apart:
            continue
        for p, r in combinations_with_replacement(range(len(pots)), 2):
            why = _too_few(pots[p], pots[r], each, apart)
            if why:
                raise Impossible(rule, f"Pot {p + 1} with pot {r + 1}: {why}")
    if avoid.most_per_group is not None:
        _find_crowd(pots, each, avoid, avoid.most_per_group)


def _too_few(
    pot: Sequence[str], other: Sequence[str], each: int, apart: frozenset[Pair]
) -> str | None:
    """Say whose meetings with the other pot cannot all take place; None if they can."""
    edges = {
        (one, two): 1
        for one in pot
        for two in other
        if one != two and frozenset((one, two)) not in apart
    }
    transport = _Transport(dict.fromkeys(pot, each), dict.fromkeys(other, each), edges)
    short = transport.short()
    if not short:
        return None
    who, whom = short
    beyond = sum(1 for one, two in edges if one in who and two not in whom)
    room = each * len(whom) + beyond
    names = _names([player for player in pot if player in who])
    if len(who) == 1:
        return f"{names} needs {each} opponents there and may meet only {room}."
    return f"{names} need {each * len(who)} meetings there, and the rules leave {room} at most."


def _find_crowd(pots: Sequence[Sequence[str]], each: int, avoid: Avoid, most: int) -> None:
    apart = avoid.apart()
    group_of = {
        player: name for name in sorted(avoid.groups) for player in sorted(avoid.groups[name])
    }
    for player in (player for pot in pots for player in pot):
        counts: dict[tuple[int, str | None], int] = {}
        for number, pot in enumerate(pots):
            for other in pot:
                if other != player and frozenset((player, other)) not in apart:
                    place = number, group_of.get(other)
                    counts[place] = counts.get(place, 0) + 1
        rooms: dict[str | None, int] = dict.fromkeys((group for _, group in counts), most)
        rooms[None] = each * len(pots)
        if _Transport(dict.fromkeys(range(len(pots)), each), rooms, counts).short():
            raise Impossible(
                "most_per_group",
                f"{player} needs {each} opponents from each pot, which is not possible with at "
                f"most {most} from one group.",
            )


def _names(players: Sequence[str]) -> str:
    shown = list(players[:5]) + ([f"{len(players) - 5} more"] if len(players) > 5 else [])
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


class _Transport(Generic[_L, _R]):
    """What some need, carried by what others have room for, along edges of limited width."""

    def __init__(
        self,
        needs: Mapping[_L, int],
        rooms: Mapping[_R, int],
        edges: Mapping[tuple[_L, _R], int],
    ) -> None:
        self.needs = dict(needs)
        self.rooms = dict(rooms)
        self.width = dict(edges)
        self.ways: dict[_L, list[_R]] = {left: [] for left in needs}
        self.back: dict[_R, list[_L]] = {right: [] for right in rooms}
        for left, right in edges:
            self.ways[left].append(right)
            self.back[right].append(left)
        self.carried = dict.fromkeys(edges, 0)

    def short(self) -> tuple[set[_L], set[_R]] | None:
        """Carry all that can be; None if that is all, else who is short, and the full ones that
        only they and others of them fill: the proof by Hall's theorem."""
        for left in self.needs:
            while self.needs[left]:
                seen: tuple[set[_L], set[_R]] = (set(), set())
                if not self._carry(left, seen):
                    return seen
                self.needs[left] -= 1
        return None

    def _carry(self, left: _L, seen: tuple[set[_L], set[_R]]) -> bool:
        """Find room for one more of this one, moving others if need be."""
        seen[0].add(left)
        for right in self.ways[left]:
            if right in seen[1] or self.carried[left, right] == self.width[left, right]:
                continue
            seen[1].add(right)
            if self.rooms[right]:
                self.rooms[right] -= 1
            else:
                for other in self.back[right]:
                    if (
                        other not in seen[0]
                        and self.carried[other, right]
                        and self._carry(other, seen)
                    ):
                        self.carried[other, right] -= 1
                        break
                else:
                    continue
            self.carried[left, right] += 1
            return True
        return False
