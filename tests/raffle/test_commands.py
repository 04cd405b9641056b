"""What the raffle's chat commands answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from achievements.models import HiddenViewer
from raffle.commands import leaderboard, raffle
from raffle.models import Roll
from tests.raffle.conftest import NOON
from twitch.models import Viewer
from twitch.registry import Invocation, Permission

STRANGER = "Nobody of that name has been seen here yet."
Rolled = Callable[[Viewer, int, int], Roll]


@pytest.fixture
def asked(ann: Viewer) -> Callable[[str], Invocation]:
    def call(argument: str = "") -> Invocation:
        return Invocation("m1", ann, Permission.EVERYONE, "raffle", argument, NOON)

    return call


def test_the_caller_hears_their_own_rolls(
    ann: Viewer, rolled: Rolled, asked: Callable[..., Invocation]
) -> None:
    assert raffle(asked()) == "Ann has not rolled yet."
    rolled(ann, 7, 7)
    assert raffle(asked()) == "Ann has rolled 1× and won 1×. Closest miss: none yet."
    rolled(ann, 9000, 1)
    assert raffle(asked()) == "Ann has rolled 2× and won 1×. Closest miss: 8,999."


@pytest.mark.parametrize("name", ["bob", "@Bob", "@BOB", "ボブ", "2002"])
def test_another_viewer_is_found_by_name(
    bob: Viewer, rolled: Rolled, asked: Callable[..., Invocation], name: str
) -> None:
    if name == "ボブ":
        Viewer.objects.filter(pk=bob.pk).update(display_name=name)
    rolled(bob, 1, 2)
    assert "has rolled 1×" in raffle(asked(name))


@pytest.mark.parametrize("name", ["nobody", "@", "a b", "' OR 1=1 --"])
def test_a_stranger_is_said_to_be_one(asked: Callable[..., Invocation], name: str) -> None:
    assert raffle(asked(name)) == STRANGER


def test_of_viewers_who_had_a_name_the_newest_is_meant(
    ann: Viewer, rolled: Rolled, asked: Callable[..., Invocation]
) -> None:
    old = Viewer.objects.create(id="9", login="ann", display_name="Ann", named_at=NOON)
    rolled(old, 1, 2)
    assert raffle(asked("ann")) == "Ann has not rolled yet."


def test_the_leaderboard_names_winners_by_wins(
    ann: Viewer, bob: Viewer, rolled: Rolled, asked: Callable[..., Invocation]
) -> None:
    assert leaderboard(asked()) == "Nobody has rolled yet."
    rolled(ann, 1, 2)
    assert leaderboard(asked()) == "Nobody has won yet. Rolls so far: 1."
    rolled(bob, 5, 5)
    assert leaderboard(asked()) == "Most wins: 1. Bob (1)"
    rolled(ann, 6, 6)
    rolled(ann, 7, 7)
    assert leaderboard(asked()) == "Most wins: 1. Ann (2) · 2. Bob (1)"


def test_who_hides_is_on_no_leaderboard_and_known_to_nobody_else(
    client: Client, ann: Viewer, bob: Viewer, rolled: Rolled, asked: Callable[..., Invocation]
) -> None:
    rolled(ann, 7, 7)
    rolled(bob, 7, 7)
    HiddenViewer.objects.create(viewer=bob)
    assert leaderboard(asked()) == "Most wins: 1. Ann (1)"
    assert raffle(asked("bob")) == STRANGER
    rows = client.get("/api/stats/raffle/leaderboard").json()
    assert [row["viewer_id"] for row in rows] == [ann.pk]
    assert client.get(f"/api/stats/raffle/viewers/{bob.pk}").status_code == 404
    HiddenViewer.objects.create(viewer=ann)
    assert raffle(asked()).startswith("Ann has rolled 1×")
