"""What a viewer is to the channel, as Twitch has it now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tokens import services as tokens
from twitch.client import helix
from twitch.client.oauth import BROADCASTER


@dataclass(frozen=True)
class Standing:
    """Where a viewer stands in the channel."""

    is_subscriber: bool
    is_vip: bool
    is_moderator: bool
    is_broadcaster: bool


@dataclass(frozen=True)
class Subscription:
    """What somebody pays for the channel: tier 1000, 2000 or 3000; perhaps a gift."""

    tier: str
    is_gift: bool


def subscriptions(viewer_ids: Iterable[str]) -> dict[str, Subscription]:
    """Ask Twitch which of these viewers subscribe, and how; who is missing does not.

    Never guesses: raises as `helix.call`.
    """
    asked = sorted(set(viewer_ids))
    found = helix.subscribers(tokens.account_id("twitch", BROADCASTER), asked)
    return {person.user_id: Subscription(person.tier, person.is_gift) for person in found}


def of(viewer_id: str) -> Standing:
    """Ask Twitch where this viewer stands; never guesses: raises as `helix.call`."""
    broadcaster = tokens.account_id("twitch", BROADCASTER)
    return Standing(
        is_subscriber=helix.is_subscriber(broadcaster, viewer_id),
        is_vip=helix.is_vip(broadcaster, viewer_id),
        is_moderator=helix.is_moderator(broadcaster, viewer_id),
        is_broadcaster=viewer_id == broadcaster,
    )
