"""The raffle's arithmetic."""

from __future__ import annotations

LEAST = 1
MOST = 10_000


def distance(roll: int, winning_number: int) -> int:
    """Return how far a roll is from the winning number; 0 wins."""
    return abs(roll - winning_number)


def is_record(distance: int, closest_before: int | None) -> bool:
    """Tell whether a roll that did not win came strictly closer than every such roll before it."""
    return distance > 0 and (closest_before is None or distance < closest_before)
