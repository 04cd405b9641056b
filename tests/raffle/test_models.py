from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from raffle.models import Roll
from tests.raffle.conftest import NOON
from twitch.models import Redemption, Viewer

GOOD = {"roll": 500, "winning_number": 700, "distance": 200, "rolled_at": NOON}
NOT_ROLLED = dict.fromkeys(GOOD)


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"roll": 0, "distance": 700}, "roll_numbers_in_range"),
        ({"winning_number": 10_001, "distance": 9_501}, "roll_numbers_in_range"),
        ({"distance": 199}, "roll_distance_is_right"),
        ({"is_win": True}, "roll_wins_at_zero"),
        ({"roll": 700, "distance": 0}, "roll_wins_at_zero"),
        ({"roll": 700, "distance": 0, "is_win": True, "is_record": True}, "roll_record_is_a_miss"),
        ({**NOT_ROLLED, "is_win": True}, "roll_wins_at_zero"),
        ({**NOT_ROLLED, "is_record": True}, "roll_record_is_a_miss"),
        ({"rolled_at": None}, "roll_numbers_in_range"),
        ({"roll": None}, "roll_numbers_in_range"),
    ],
)
def test_the_database_refuses_numbers_that_cannot_be(
    ann: Viewer, redeem: Callable[[Viewer], Redemption], wrong: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Roll.objects.create(redemption=redeem(ann), viewer=ann, **{**GOOD, **wrong})


def test_a_redemption_has_one_roll(ann: Viewer, redeem: Callable[[Viewer], Redemption]) -> None:
    redemption = redeem(ann)
    Roll.objects.create(redemption=redemption, viewer=ann, **GOOD)
    with pytest.raises(IntegrityError), transaction.atomic():
        Roll.objects.create(redemption=redemption, viewer=ann, **GOOD)


def test_ids_say_what_they_are_and_sort_by_time() -> None:
    first, second = Roll(), Roll()
    assert first.pk.startswith("roll_")
    assert first.pk[5:15] <= second.pk[5:15]
