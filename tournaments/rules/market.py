"""Pari-mutuel payouts in whole points: who was right shares all stakes, and not a point is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bet:
    """What one viewer has staked on one side."""

    id: str
    side: str
    points: int


@dataclass(frozen=True)
class Settled:
    """What comes back for each bet, by its id; their sum is that of the stakes."""

    payouts: Mapping[str, int]
    is_refund: bool


def settle(bets: Sequence[Bet], winner: str | None) -> Settled:
    """Divide all stakes among those on the winning side, in proportion to their own.

    Shares are rounded down; the points that are left go to the largest remainders, of equal ones
    to the bet that comes first. Without a winner, or with nobody on its side, stakes go back.
    """
    total = sum(bet.points for bet in bets)
    right = [bet for bet in bets if bet.side == winner]
    pool = sum(bet.points for bet in right)
    if not pool:
        return Settled({bet.id: bet.points for bet in bets}, is_refund=True)
    payouts = dict.fromkeys((bet.id for bet in bets), 0)
    payouts |= {bet.id: bet.points * total // pool for bet in right}
    left = total - sum(payouts.values())
    # Sorting keeps the order of what is equal.
    by_remainder = sorted(right, key=lambda bet: -(bet.points * total % pool))
    for bet in by_remainder[:left]:
        payouts[bet.id] += 1
    return Settled(payouts, is_refund=False)


def projected(pools: Mapping[str, int], side: str, points: int, staked: int = 0) -> int:
    """Return what `points` more would bring back if that side won and nobody staked any more.

    `pools` has the stakes of each side, with the `staked` ones that are the viewer's own on `side`.
    Rounded down, so it is never more than the payout.
    """
    total = sum(pools.values()) + points
    pool = pools.get(side, 0) + points
    return (staked + points) * total // pool if pool else 0
