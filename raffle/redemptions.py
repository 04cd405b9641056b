"""Where a redemption enters the raffle."""

from __future__ import annotations

from raffle.models import Roll
from raffle.sagas import keyboard_raffle
from sagas.services import start
from twitch.models import Redemption
from twitch.registry import on_redemption


@on_redemption("keyboard_raffle", "Keyboard raffle: roll for the win")
def roll(redemption: Redemption) -> None:
    """Start the flow of this redemption, unless it has one."""
    row, _ = Roll.objects.get_or_create(
        redemption=redemption, defaults={"viewer_id": redemption.viewer_id}
    )
    start(keyboard_raffle, row)
