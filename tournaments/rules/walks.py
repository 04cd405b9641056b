"""Draws that cannot be made at one go: small changes by chance, until nothing of the start is left.

Each change is as likely as its opposite, so a long walk ends at every draw that keeps the rules
with the same likelihood.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from tournaments.rules.chance import Chance

_State = TypeVar("_State")

# Steps that are made at most until the rules hold.
APPROACH = 5_000

# Whom each player has as guests.
Guests = dict[str, tuple[str, ...]]


def walk(
    state: _State,
    step: Callable[[_State], _State],
    faults: Callable[[_State], int],
    mixing: int,
) -> _State | None:
    """Walk until there are no faults, then `mixing` steps on without any; None if they stay.

    `step` returns another state or the same; on the way no step is kept that adds faults.
    """
    count = faults(state)
    for _ in range(APPROACH):
        if not count:
            break
        following = step(state)
        now = faults(following)
        if now <= count:
            state, count = following, now
    if count:
        return None
    for _ in range(mixing):
        following = step(state)
        if not faults(following):
            state = following
    return state


def in_turn(players: Sequence[str], home_games: int) -> Guests:
    """Sit the players in a circle: each is host to the next ones."""
    count = len(players)
    return {
        host: tuple(players[(seat + ahead) % count] for ahead in range(1, home_games + 1))
        for seat, host in enumerate(players)
    }


def exchanged(guests: Guests, chance: Chance) -> Guests:
    """Let two hosts exchange a guest, or turn three games in a circle around; or nothing."""
    hosts = list(guests)
    games = len(guests[hosts[0]])
    one = hosts[chance.below(len(hosts))]
    mine = chance.below(games)
    if chance.below(2):
        return _turned(guests, one, mine, chance.below(games))
    two = hosts[chance.below(len(hosts))]
    return _swapped(guests, one, mine, two, chance.below(games))


def _swapped(guests: Guests, one: str, mine: int, two: str, yours: int) -> Guests:
    first, second = guests[one][mine], guests[two][yours]
    if one == second or two == first:
        return guests
    if second in guests[one] or first in guests[two]:
        return guests
    if one in guests[second] or two in guests[first]:
        return guests
    changed = dict(guests)
    changed[one] = _with(guests[one], mine, second)
    changed[two] = _with(guests[two], yours, first)
    return changed


def _turned(guests: Guests, one: str, mine: int, theirs: int) -> Guests:
    two = guests[one][mine]
    three = guests[two][theirs]
    if one not in guests[three]:
        return guests
    changed = dict(guests)
    changed[one] = _with(guests[one], mine, three)
    changed[two] = _with(guests[two], theirs, one)
    changed[three] = _with(guests[three], guests[three].index(one), two)
    return changed


def _with(guests: tuple[str, ...], place: int, guest: str) -> tuple[str, ...]:
    return (*guests[:place], guest, *guests[place + 1 :])
