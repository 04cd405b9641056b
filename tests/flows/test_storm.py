"""A hundred redemptions in bad weather."""

from __future__ import annotations

import signal
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

    deaths: list[tuple[int, Any]] = [
        (25, lambda: kill(show, "celery", "worker")),
        (50, lambda: kill(show, "celery", "worker")),
        (60, lambda: kill_postgres(show)),
        (80, lambda: kill(show, "celery", "worker")),
    ]
    made: list[str] = []
    for number in range(HUNDRED):
        answer = show.control(
            "redeem", {"reward": "Keyboard Raffle", "viewer": rich[number % len(rich)]}
        )
        made += answer["redemptions"]
        for at, death in deaths:
            if at == number:
                death()
    assert len(made) == HUNDRED

    statuses = show.wait_for(lambda: settled(show), "every redemption to be settled", 120)
    assert set(statuses) == set(made)
    assert set(statuses.values()) <= {"FULFILLED", "CANCELED"}

    show.wait_for(lambda: not unfinished(show), "every run to be over", 60)
    effects = show.control("effects")["effects"]
    resolved = Counter(e["subject"] for e in effects if e["kind"] == "redemption.resolved")
    assert resolved == Counter(made), "each is settled exactly once"
    rolls = Counter()
    cursor = "/api/raffle/rolls?limit=100"
    page = show.get(cursor)
    rolls.update(row["viewer_id"] for row in page["results"])
    fulfilled = [status for status in statuses.values() if status == "FULFILLED"]
    assert sum(rolls.values()) == len(fulfilled), "a roll counts exactly when its points are spent"

    assert_no_contradiction(show, len(fulfilled))


def assert_no_contradiction(show: Show, fulfilled: int) -> None:
    """A redemption is told as a roll or as refunded, never both, and no result is told twice."""
    lines = [row["text"] for row in show.control("chat")["chat"] if row["viewer"] == "greenroom_bot"]
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


def kill(show: Show, *words: str) -> None:
    """Kill every process of the worker, the parent too."""
    victims = [p for p in show.processes(words[0]) if words[1] in " ".join(p.cmdline())]
    assert victims
    for victim in victims:
        victim.send_signal(signal.SIGKILL)


def kill_postgres(show: Show) -> None:
    victims = show.processes("bin/postgres")
    assert victims
    for victim in victims:
        victim.send_signal(signal.SIGKILL)
