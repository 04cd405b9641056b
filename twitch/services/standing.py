"""What a viewer is to the channel, as Twitch has it now."""

from __future__ import annotations

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


def of(viewer_id: str) -> Standing:
    """Ask Twitch where this viewer stands; never guesses: raises as `helix.call`."""
    broadcaster = tokens.account_id("twitch", BROADCASTER)
    return Standing(
        is_subscriber=helix.is_subscriber(broadcaster, viewer_id),
        is_vip=helix.is_vip(broadcaster, viewer_id),
        is_moderator=helix.is_moderator(broadcaster, viewer_id),
        is_broadcaster=viewer_id == broadcaster,
    )
