"""Support as Twitch tells of it, and as it is announced."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from sagas.models import Event
from twitch.models import Viewer
from twitch.services import support

ADA = {"user_id": "1004", "user_login": "ada", "user_name": "Ada"}
NOBODY = {"user_id": None, "user_login": None, "user_name": None, "is_anonymous": True}


def announced() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for event in Event.objects.order_by("id"):
        assert event.payload.pop("at")
        found.append((event.kind, event.payload))
    return found


def test_support_is_announced_once_for_each_message(db: None) -> None:
    now = timezone.now()
    for _ in range(2):
        support.subscribed(ADA | {"tier": "2000"}, "m1", now)
        support.gifted(ADA | {"tier": "1000", "total": 5}, "m2", now)
        support.cheered(ADA | {"bits": 100}, "m3", now)
    of_ada = {"viewer_id": "1004"}
    assert announced() == [
        ("twitch.Subscribed", of_ada | {"message_id": "m1", "tier": 2, "is_gift": False}),
        ("twitch.SubscriptionsGifted", of_ada | {"message_id": "m2", "tier": 1, "count": 5}),
        ("twitch.Cheered", of_ada | {"message_id": "m3", "bits": 100}),
    ]
    assert Viewer.objects.get().display_name == "Ada"


def test_who_is_unnamed_stays_so(db: None) -> None:
    support.cheered(NOBODY | {"bits": 100}, "m1", timezone.now())
    support.gifted(NOBODY | {"tier": "3000", "total": 1}, "m2", timezone.now())
    assert [payload["viewer_id"] for _, payload in announced()] == ["", ""]
    assert not Viewer.objects.exists()


@pytest.mark.parametrize(("told", "tier"), [("1000", 1), ("3000", 3), ("Prime", 1), ("", 1)])
def test_a_tier_that_is_new_counts_as_the_first(db: None, told: str, tier: int) -> None:
    support.subscribed(ADA | {"tier": told, "is_gift": True}, "m1", timezone.now())
    ((_, payload),) = announced()
    assert (payload["tier"], payload["is_gift"]) == (tier, True)
