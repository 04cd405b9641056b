"""What support earns, from Twitch's message to the balance."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone
from pydantic import ValidationError

from points.models import Account, Entry, Rates
from points.services import support as paying
from tests.backstage import Backstage
from tests.sagas.driving import lead
from twitch.models import Message
from twitch.registry import event_handler

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sound_ledger")]

ADA = {"user_id": "1004", "user_login": "ada", "user_name": "Ada"}
NOBODY = {"user_id": None, "user_login": None, "user_name": None}


def hear(type_: str, event: dict[str, Any], message_id: str = "m1") -> None:
    """Let Twitch's message be acted on, and everything that follows from it."""
    handler = event_handler(type_)
    assert handler
    body = json.dumps({"event": event})
    handler(Message(message_id=message_id, type=type_, sent_at=timezone.now(), body=body))
    lead()


def entries() -> list[tuple[str, int, str]]:
    rows = Entry.objects.order_by("id")
    return [(row.account_id, row.amount, row.description) for row in rows]


@pytest.mark.parametrize(
    ("type_", "event", "amount", "description"),
    [
        ("channel.subscribe", {"tier": "1000", "is_gift": False}, 500, "Subscribed at tier 1"),
        ("channel.subscribe", {"tier": "3000", "is_gift": False}, 2500, "Subscribed at tier 3"),
        ("channel.subscribe", {"tier": "9000"}, 500, "Subscribed at tier 1"),
        (
            "channel.subscription.message",
            {"tier": "2000", "cumulative_months": 7},
            1000,
            "Subscribed at tier 2",
        ),
        ("channel.subscription.gift", {"tier": "1000", "total": 5}, 2500, "Gifted 5 subscriptions"),
        ("channel.subscription.gift", {"tier": "1000", "total": 1}, 500, "Gifted 1 subscription"),
        ("channel.cheer", {"bits": 1234}, 1234, "Cheered 1,234 bits"),
    ],
)
def test_support_earns_points_once(
    type_: str, event: dict[str, Any], amount: int, description: str
) -> None:
    for _ in range(2):
        hear(type_, ADA | event)
    assert entries() == [("1004", amount, description)]
    assert Entry.objects.get().cause_id == "m1"


@pytest.mark.parametrize(
    ("type_", "event"),
    [
        # Who gave it is paid, by a message of its own.
        ("channel.subscribe", ADA | {"tier": "1000", "is_gift": True}),
        ("channel.subscription.gift", NOBODY | {"tier": "1000", "total": 5, "is_anonymous": True}),
        ("channel.cheer", NOBODY | {"bits": 100, "is_anonymous": True}),
        ("channel.cheer", ADA | {"bits": 0}),
    ],
)
def test_gifts_to_oneself_and_unnamed_support_earn_nothing(
    type_: str, event: dict[str, Any]
) -> None:
    hear(type_, event)
    assert entries() == []


@pytest.mark.parametrize(
    ("type_", "event"),
    [
        ("channel.cheer", ADA | {"bits": -5}),
        ("channel.cheer", ADA | {"bits": "many"}),
        ("channel.cheer", {"user_id": "a b", "bits": 5}),
        ("channel.subscription.gift", ADA | {"tier": "1000"}),
    ],
)
def test_what_makes_no_sense_earns_nothing(type_: str, event: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        hear(type_, event)
    assert entries() == []


def test_a_raid_earns_points(backstage: Backstage) -> None:
    backstage.connect()
    raid = {
        "from_broadcaster_user_id": "1004",
        "from_broadcaster_user_login": "ada",
        "to_broadcaster_user_id": "1000",
        "viewers": 42,
    }
    hear("channel.raid", raid)
    lead()
    assert entries() == [("1004", 250, "Raided with 42")]


def test_the_rates_are_the_streamers() -> None:
    paying.ensure_rates()
    Rates.objects.update(hundred_bits=0, subscription_tier_1=7)
    hear("channel.cheer", ADA | {"bits": 100})
    hear("channel.subscribe", ADA | {"tier": "1000"}, "m2")
    assert entries() == [("1004", 7, "Subscribed at tier 1")]


def test_what_was_paid_was_paid_at_the_rates_of_then() -> None:
    paying.ensure_rates()
    hear("channel.cheer", ADA | {"bits": 100})
    Rates.objects.update(hundred_bits=5)
    paying.pay_cheer("m1", "1004", 100)
    assert Account.objects.get().balance == 100
