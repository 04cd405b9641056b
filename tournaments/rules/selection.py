"""Who plays, where a rule says it: lots, seeds by past results, and what a new roster changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tournaments.rules.chance import derived
from tournaments.rules.formats import Format

# How much a tie won counts beside the points of the league phase, and how far back results count.
POINTS_PER_TIE = 3
MOST_PAST = 3


def lots(secret: bytes, purpose: str, ids: Iterable[str]) -> list[str]:
    """Return the ids in the order of their lots, which the secret alone decides.

    Each id's lot is HMAC-SHA-256 of it under the secret, so nobody's place depends on who else is
    in: with one id less the others stay in their order.
    """
    return sorted(ids, key=lambda one: derived(secret, purpose, one))


@dataclass(frozen=True)
class PastResult:
    """What somebody reached in one tournament: points of the league phase, and ties won after."""

    points: int
    ties_won: int


def strength(past: Sequence[PastResult]) -> int:
    """Return the worth of a player's results, the newest first; only the newest few count."""
    return sum(it.points + POINTS_PER_TIE * it.ties_won for it in past[:MOST_PAST])


def by_results(ids: Sequence[str], past: Mapping[str, Sequence[PastResult]]) -> list[str]:
    """Return the ids by strength, the strongest first; who is level stays in the given order."""
    return sorted(ids, key=lambda one: -strength(past.get(one, ())))


def pot(seed: int, form: Format) -> int:
    """Return the pot, from 1, of a seed, from 1: the strongest seeds are in the first."""
    return (seed - 1) // form.pot_size + 1


@dataclass(frozen=True)
class Difference:
    """What a roster changes against the one that was published before it, in the new order."""

    added: list[str]
    removed: list[str]
    kept: int


def difference(before: Sequence[str], after: Sequence[str]) -> Difference:
    """Compare two rosters."""
    old, new = set(before), set(after)
    return Difference(
        added=[one for one in after if one not in old],
        removed=[one for one in before if one not in new],
        kept=len(old & new),
    )
