"""A tie: two players, one or two legs, and who goes on.

The better path seed is at home in the second leg. There are no away goals: what is level after the
legs is decided by extra time and penalties, or is not decided.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

AGGREGATE, EXTRA_TIME, PENALTIES, WALKOVER = "aggregate", "extra_time", "penalties", "walkover"


@dataclass(frozen=True)
class Leg:
    """A match of a tie that has begun; goals are with those of extra time, not of a shoot-out.

    `forfeited_by` are those who did not play. One that is not settled only says who is at home.
    """

    phase: str
    slot: int
    number: int
    home: str
    away: str
    home_goals: int = 0
    away_goals: int = 0
    has_extra_time: bool = False
    home_penalties: int | None = None
    away_penalties: int | None = None
    forfeited_by: frozenset[str] = frozenset()
    is_settled: bool = True


@dataclass(frozen=True)
class Side:
    """One side of a tie: who it is, or in words who it will be.

    With neither a player nor anybody to come (both of the tie before withdrew) it `is_empty`.
    """

    player: str | None
    label: str
    path_seed: int | None = None
    is_empty: bool = False


@dataclass(frozen=True)
class LegPlan:
    """A leg that is to be played, by whom and where."""

    number: int
    home: str
    away: str


@dataclass(frozen=True)
class TieState:
    """A tie as it stands: `better` has the better path seed, once both are known.

    `goals` are the aggregate of better and other, None before a leg is settled. `decided_by` is
    `aggregate`, `extra_time`, `penalties`, `walkover`, or "" while it is open; it `is_level` when
    all legs are settled and nothing of that decides. `legs` are the matches of it: none until
    both are known, nor after a walkover, except for those that were settled before. `out` are those
    who do not go on: both, if both withdrew.
    """

    phase: str
    slot: int
    number_of_legs: int
    better: Side
    other: Side
    legs: tuple[LegPlan, ...] = ()
    goals: tuple[int, int] | None = None
    winner: str | None = None
    out: tuple[str, ...] = ()
    decided_by: str = ""
    is_level: bool = False


def settled(tie: TieState, results: Mapping[int, Leg], withdrawn: Collection[str]) -> TieState:
    """Return the tie as it stands after these results of its two players, by number of the leg.

    Who withdrew loses what is not over, and what was forfeited for it; what was won before stays.
    """
    better, other = tie.better.player, tie.other.player
    if better is None or other is None:
        return _with_one(tie)
    begun = [results[n] for n in range(1, tie.number_of_legs + 1) if n in results]
    played = [leg for leg in begun if leg.is_settled]
    tie = replace(tie, legs=_plan(tie, begun), goals=_aggregate(played, better, other))
    is_over = len(played) == tie.number_of_legs
    gone = {
        each
        for each in (better, other)
        if each in withdrawn and (not is_over or any(each in leg.forfeited_by for leg in played))
    }
    if gone:
        left = [each for each in (better, other) if each not in gone]
        kept = tuple(LegPlan(leg.number, leg.home, leg.away) for leg in played)
        return replace(_decided(tie, left[0] if left else None, WALKOVER), legs=kept)
    return _scored(tie, played) if is_over else tie


def _with_one(tie: TieState) -> TieState:
    """Return a tie in which somebody has nobody to meet, or is still to come."""
    if tie.better.is_empty and (tie.other.player or tie.other.is_empty):
        return _decided(tie, tie.other.player, WALKOVER)
    if tie.other.is_empty and tie.better.player:
        return _decided(tie, tie.better.player, WALKOVER)
    return tie


def _plan(tie: TieState, begun: Sequence[Leg]) -> tuple[LegPlan, ...]:
    """Return who hosts which leg: the better one the last, unless a leg has begun."""
    better, other = str(tie.better.player), str(tie.other.player)
    last_host = better
    for leg in begun:
        is_last = leg.number == tie.number_of_legs
        last_host = leg.home if is_last else leg.away
    guest = other if last_host == better else better
    last = LegPlan(tie.number_of_legs, last_host, guest)
    return (last,) if tie.number_of_legs == 1 else (LegPlan(1, guest, last_host), last)


def _aggregate(played: Sequence[Leg], better: str, other: str) -> tuple[int, int] | None:
    if not played:
        return None

    def goals(player: str) -> int:
        return sum(leg.home_goals if leg.home == player else leg.away_goals for leg in played)

    return goals(better), goals(other)


def _scored(tie: TieState, played: Sequence[Leg]) -> TieState:
    """Decide a tie all of whose legs are settled, if their scores do."""
    better, other, last = tie.better.player, tie.other.player, played[-1]
    ours, theirs = tie.goals or (0, 0)
    if ours != theirs:
        winner, loser = (better, other) if ours > theirs else (other, better)
        if all(loser in leg.forfeited_by for leg in played):
            return _decided(tie, winner, WALKOVER)
        return _decided(tie, winner, EXTRA_TIME if last.has_extra_time else AGGREGATE)
    if (last.home_penalties or 0) != (last.away_penalties or 0):
        is_home = (last.home_penalties or 0) > (last.away_penalties or 0)
        return _decided(tie, last.home if is_home else last.away, PENALTIES)
    return replace(tie, is_level=True)


def _decided(tie: TieState, winner: str | None, how: str) -> TieState:
    players = [each for each in (tie.better.player, tie.other.player) if each is not None]
    out = tuple(each for each in players if each != winner)
    return replace(tie, winner=winner, out=out, decided_by=how)
