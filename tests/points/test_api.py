"""Points for client apps."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import forgetting
from achievements.services import hiding
from points.services import ledger
from tests.points.conftest import CAUSE, give
from twitch.models import Viewer

API = "/api/points"


def test_the_leaderboard_names_who_has_most(client: Client, ann: Viewer, bob: Viewer) -> None:
    assert client.get(f"{API}/leaderboard").json() == []
    give(ann, 10)
    give(bob, 20)
    ledger.hold(bob.pk, 15, CAUSE, key="a")
    bobs = {
        "viewer_id": "2002",
        "login": "bob",
        "display_name": "Bob",
        "balance": 20,
        "available": 5,
    }
    rows = client.get(f"{API}/leaderboard").json()
    assert rows[0] == bobs
    assert [row["login"] for row in rows] == ["bob", "ann"]
    assert client.get(f"{API}/leaderboard?limit=1").json() == [bobs]
    assert client.get(f"{API}/viewers/@BOB").json() == bobs


def test_who_has_nothing_is_on_no_leaderboard(client: Client, ann: Viewer) -> None:
    give(ann, 10)
    ledger.debit(ann.pk, 10, CAUSE, key="a")
    assert client.get(f"{API}/leaderboard").json() == []
    assert client.get(f"{API}/viewers/2001").json()["balance"] == 0


def test_who_hides_is_shown_nowhere(client: Client, ann: Viewer, bob: Viewer) -> None:
    give(ann, 10)
    give(bob, 20)
    hiding.hide(bob)
    assert [row["login"] for row in client.get(f"{API}/leaderboard").json()] == ["ann"]
    assert client.get(f"{API}/viewers/bob").status_code == 404
    hiding.show(bob)
    assert client.get(f"{API}/viewers/bob").status_code == 200


def test_who_left_is_on_no_leaderboard(client: Client, ann: Viewer, bob: Viewer) -> None:
    give(ann, 10)
    give(bob, 20)
    forgetting.forget(User.objects.create(username="twitch-2002", viewer=bob))
    assert [row["login"] for row in client.get(f"{API}/leaderboard").json()] == ["ann"]


@pytest.mark.parametrize("name", ["nobody", "'--", "\u202e", "9" * 40, "٣"])
def test_an_unknown_viewer_is_not_found(client: Client, db: None, name: str) -> None:
    answer = client.get(f"{API}/viewers/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "min_value"),
        ("limit=101", "max_value"),
        ("limit=x", "invalid"),
        ("a=1", "unknown_key"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(
    client: Client, db: None, query: str, code: str
) -> None:
    answer = client.get(f"{API}/leaderboard?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
