"""What support earns, as arithmetic."""

from __future__ import annotations


def for_subscription(tier: int, tiers: tuple[int, int, int]) -> int:
    """Return what a subscription of tier 1, 2 or 3 earns."""
    return tiers[tier - 1]


def for_gifts(count: int, each: int) -> int:
    """Return what subscriptions for others earn."""
    return count * each


def for_bits(bits: int, per_hundred: int) -> int:
    """Return what bits earn, rounded down."""
    return bits * per_hundred // 100
