"""A hundred redemptions in bad weather."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.flows.conftest import Show

pytestmark = pytest.mark.chaos

HUNDRED = 100
VIEWERS = 10


def settled(show: Show) -> dict[str, str] | None:
    """Return the status of each redemption at Twitch, once none is open any more."""
    rows = show.control("redemptions")["redemptions"]
    statuses = {row["id"]: row["status"] for row in rows}
    return statuses if "UNFULFILLED" not in statuses.values() else None


def test_a_hundred_redemptions_end_exactly_once_whatever_dies(show: Show) -> None:
    viewers = [row["login"] for row in show.control("state")["viewers"]]
    rich = [login for login in viewers if not login.startswith("greenroom")][:VIEWERS]
    for login in rich:
        show.control("viewer", {"login": login, "points": 1_000_000})
    show.control("faults", {"kind": "duplicate_delivery"})
    show.control("faults", {"kind": "out_of_order"})

    deaths = {25: "celery", 50: "celery", 60: "bin/postgres", 80: "celery"}
    made: list[str] = []
    for number in range(HUNDRED):
        answer = show.control(
            "redeem", {"reward": "Keyboard Raffle", "viewer": rich[number % len(rich)]}
        )
        made += answer["redemptions"]
        if number in deaths:
            show.kill(deaths[number])
    assert len(made) == HUNDRED

    statuses = show.wait_for(lambda: settled(show), "every redemption to be settled", 120)
    assert set(statuses) == set(made)
    assert set(statuses.values()) <= {"FULFILLED", "CANCELED"}

    show.wait_for(lambda: not unfinished(show), "every run to be over", 60)
    effects = show.control("effects")["effects"]
    ends = ("redemption_fulfilled", "redemption_canceled")
    settlings = Counter(effect["id"] for effect in effects if effect["kind"] in ends)
    assert settlings == Counter(made), "each is settled exactly once"
    fulfilled = sum(status == "FULFILLED" for status in statuses.values())
    rolls = show.get("/api/raffle/rolls?limit=100")["results"]
    assert len(rolls) == fulfilled, "a roll counts exactly when its points are spent"
    assert_no_contradiction(show, fulfilled)


def assert_no_contradiction(show: Show, fulfilled: int) -> None:
    """A redemption is told as a roll or as refunded, never both, and no result is told twice."""
    lines = [
        row["text"] for row in show.control("chat")["chat"] if row["viewer"] == "greenroom_bot"
    ]
    results = [line for line in lines if "rolled" in line]
    refunds = [line for line in lines if "points are back" in line]
    assert len(results) <= fulfilled
    assert len(refunds) <= HUNDRED - fulfilled


def unfinished(show: Show) -> list[Any]:
    return [
        run
        for status in ("running", "waiting", "compensating")
        for run in show.get(f"/api/admin/runs?status={status}")["results"]
    ]
