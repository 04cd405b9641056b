"""A roll that was made becomes a cue, once."""

from __future__ import annotations

from datetime import datetime

import pytest

from overlay.models import Cue
from raffle.events import RollMade
from sagas.services import publish
from sagas.tasks import advance

pytestmark = pytest.mark.django_db(transaction=True)


def made(now: datetime) -> RollMade:
    return RollMade(
        roll_id="roll_1",
        viewer_id="42",
        viewer_name="Mo",
        roll=4203,
        winning_number=4207,
        distance=4,
        is_win=False,
        is_record=True,
        rolled_at=now,
    )


def test_a_roll_is_shown_with_all_that_the_page_needs(now: datetime) -> None:
    publish(made(now), key="roll_1")
    advance()
    cue = Cue.objects.get()
    assert (cue.kind, cue.payload) == (
        "roll",
        {
            "name": "Mo",
            "roll": 4203,
            "winning_number": 4207,
            "distance": 4,
            "is_win": False,
            "is_record": True,
        },
    )


def test_a_roll_that_is_announced_twice_is_shown_once(now: datetime) -> None:
    for _ in range(2):
        publish(made(now), key="roll_1")
        advance()
    assert Cue.objects.count() == 1
