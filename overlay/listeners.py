"""What the overlay makes of facts."""

from __future__ import annotations

from django.utils import timezone

from overlay.services import cue, roll_payload
from raffle.events import RollMade
from sagas.registry import listen


@listen(RollMade)
def show_roll(fact: RollMade) -> None:
    """Play the roll on stream."""
    payload = roll_payload(
        name=fact.viewer_name,
        roll=fact.roll,
        winning_number=fact.winning_number,
        is_win=fact.is_win,
        is_record=fact.is_record,
    )
    cue("roll", payload, now=timezone.now())
