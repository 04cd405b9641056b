"""The same evening where Twitch delivers to a public address."""

from __future__ import annotations

from tests.flows.conftest import Show

SETTINGS = {"EVENTSUB_TRANSPORT": "webhook"}


def working(show: Show) -> bool:
    rows = show.control("state")["subscriptions"]
    return bool(rows) and all(row["status"] == "enabled" for row in rows)


def test_subscriptions_are_made_verified_and_delivered_to(show: Show) -> None:
    show.wait_for(lambda: working(show), "every subscription to be verified")
    show.control("faults", {"kind": "duplicate_delivery"})
    redemption = show.redeem()
    assert show.settled(redemption) == "FULFILLED"
    assert show.run_of(redemption)["status"] == "completed"
    assert show.settlings(redemption) == ["redemption_fulfilled"]


def test_setting_up_again_makes_nothing_new(show: Show) -> None:
    # The show may still be at it.
    show.manage("eventsub_setup")
    show.wait_for(lambda: working(show), "every subscription to be verified")
    before = show.control("state")["subscriptions"]
    show.manage("eventsub_setup")
    assert show.control("state")["subscriptions"] == before
    listed = show.manage("eventsub_list")
    assert all(row["id"] in listed for row in before)


def test_cleaning_up_leaves_what_works(show: Show) -> None:
    show.manage("eventsub_cleanup")
    assert working(show)
