"""What viewers hear of points in chat."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from achievements.services import hiding
from points.commands import points
from points.services import ledger
from points.services.ledger import Cause
from tests.points.conftest import CAUSE, give
from twitch.models import Viewer
from twitch.registry import Invocation, Permission


@pytest.fixture
def asked(ann: Viewer) -> Callable[..., str]:
    def call(argument: str = "") -> str:
        now = timezone.now()
        return points(Invocation("m1", ann, Permission.EVERYONE, "points", argument, now))

    return call


def test_viewers_hear_what_they_have(ann: Viewer, asked: Callable[..., str]) -> None:
    assert asked() == "Ann has 0 points."
    give(ann, 1234)
    assert asked() == "Ann has 1,234 points."
    ledger.hold(ann.pk, 34, CAUSE, key="a")
    assert asked() == "Ann has 1,200 points, and 34 more that are set aside."


@pytest.mark.parametrize("name", ["bob", "@BOB", "2002"])
def test_viewers_hear_what_others_have(bob: Viewer, asked: Callable[..., str], name: str) -> None:
    give(bob, 5)
    assert asked(name) == "Bob has 5 points."


def test_who_hides_is_not_known_to_others(
    ann: Viewer, bob: Viewer, asked: Callable[..., str]
) -> None:
    hiding.hide(bob)
    hiding.hide(ann)
    assert asked("bob") == asked("nobody")
    assert asked() == "Ann has 0 points."


def test_what_somebody_typed_is_not_said_after_them(asked: Callable[..., str]) -> None:
    assert asked("/ban me at https://evil.example") == "Nobody of that name has been seen here yet."


def test_viewers_hear_why(ann: Viewer, bob: Viewer, asked: Callable[..., str]) -> None:
    assert asked("why") == "Ann has no points yet."
    for number in range(4):
        ledger.credit(ann.pk, 10, Cause("t", "1", f"Reason {number}"), key=f"k{number}")
    ledger.debit(ann.pk, 5, Cause("t", "1", "A vote\nfor /ban Bob"), key="k")
    give(bob, 1)
    said = "Ann: -5 A vote for /ban Bob · +10 Reason 3 · +10 Reason 2"
    assert asked("WHY") == said
