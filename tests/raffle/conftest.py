from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from raffle import rules
from raffle.models import Roll
from twitch.models import Redemption, Viewer

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def ann(db: None) -> Viewer:
    return Viewer.objects.create(id="2001", login="ann", display_name="Ann")


@pytest.fixture
def bob(db: None) -> Viewer:
    return Viewer.objects.create(id="2002", login="bob", display_name="Bob")


@pytest.fixture
def redeem() -> Callable[[Viewer], Redemption]:
    numbers = count(1)

    def make(viewer: Viewer) -> Redemption:
        number = next(numbers)
        return Redemption.objects.create(
            id=f"redemption-{number}",
            viewer=viewer,
            reward_twitch_id="reward",
            reward_title="Keyboard Raffle",
            redeemed_at=NOON + timedelta(seconds=number),
        )

    return make


@pytest.fixture
def rolled(redeem: Callable[[Viewer], Redemption]) -> Callable[[Viewer, int, int], Roll]:
    """Makes a roll that counts: viewer, roll, winning number."""

    def make(viewer: Viewer, roll: int, winning_number: int) -> Roll:
        redemption = redeem(viewer)
        distance = rules.distance(roll, winning_number)
        return Roll.objects.create(
            redemption=redemption,
            viewer=viewer,
            roll=roll,
            winning_number=winning_number,
            distance=distance,
            is_win=distance == 0,
            is_record=rules.is_record(distance, Roll.objects.closest_miss()),
            rolled_at=redemption.redeemed_at,
        )

    return make
