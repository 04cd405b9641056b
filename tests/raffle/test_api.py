from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from raffle import services
from raffle.models import Roll
from twitch.models import Viewer

BOARD = "/api/stats/raffle/leaderboard"
Rolled = Callable[[Viewer, int, int], Roll]


@pytest.fixture
def season(ann: Viewer, bob: Viewer, rolled: Rolled) -> None:
    """Ann rolls twice, 5 off at best; Bob rolls three times, wins once, and is 100 off at best."""
    rolled(ann, 100, 105)
    rolled(ann, 9000, 1)
    rolled(bob, 300, 300)
    rolled(bob, 400, 500)
    rolled(bob, 400, 600)


@pytest.mark.parametrize(
    ("sort", "order"),
    [("closest", ["Ann", "Bob"]), ("rolls", ["Bob", "Ann"]), ("wins", ["Bob", "Ann"])],
)
def test_the_leaderboard_is_sorted_as_asked(
    client: Client, season: None, sort: str, order: list[str]
) -> None:
    rows = client.get(BOARD, {"sort": sort}).json()
    assert [row["display_name"] for row in rows] == order


def test_a_standing_holds_sums_and_the_closest_miss(client: Client, season: None) -> None:
    bob = client.get("/api/stats/raffle/viewers/2002").json()
    assert bob.pop("last_rolled_at").startswith("2026-05-01T12:00:05")
    assert bob == {
        "viewer_id": "2002",
        "display_name": "Bob",
        "rolls": 3,
        "wins": 1,
        "closest_distance": 100,
        "closest_roll": 400,
        "closest_winning_number": 500,
    }


def test_a_viewer_with_only_wins_has_no_miss_and_comes_last(
    client: Client, season: None, rolled: Rolled
) -> None:
    cat = Viewer.objects.create(id="2003", login="cat", display_name="Cat")
    rolled(cat, 7, 7)
    rows = client.get(BOARD).json()
    assert rows[-1]["display_name"] == "Cat"
    assert rows[-1]["closest_distance"] is rows[-1]["closest_roll"] is None


def test_a_withdrawn_roll_leaves_the_leaderboard(
    client: Client, ann: Viewer, rolled: Rolled
) -> None:
    services.withdraw(rolled(ann, 1, 2))
    assert client.get(BOARD).json() == []


def test_a_renamed_viewer_is_one_viewer_under_the_new_name(client: Client, season: None) -> None:
    Viewer.objects.filter(pk="2001").update(display_name="Anna")
    assert [row["display_name"] for row in client.get(BOARD).json()] == ["Anna", "Bob"]


def test_an_unknown_viewer_is_not_found(client: Client, db: None) -> None:
    answer = client.get("/api/stats/raffle/viewers/999")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "min_value"),
        ("limit=101", "max_value"),
        ("limit=-1", "min_value"),
        ("limit=1.5", "invalid"),
        ("limit=NaN", "invalid"),
        ("limit=", "invalid"),
        ("limit=5&limit=6", "repeated_key"),
        ("sort=luck", "invalid_choice"),
        ("sortBy=wins", "unknown_key"),
    ],
)
def test_a_senseless_query_is_refused_with_a_code(
    client: Client, db: None, query: str, code: str
) -> None:
    answer = client.get(f"{BOARD}?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert answer.json()["detail"].startswith(query.split("=")[0])


def test_rolls_come_in_pages_newest_first(client: Client, season: None) -> None:
    page = client.get("/api/raffle/rolls?limit=3").json()
    rest = client.get(page["next"]).json()
    seen = [row["rolled_at"] for row in page["results"] + rest["results"]]
    assert len(page["results"]) == 3
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)
    assert rest["next"] is None


def test_a_broken_cursor_and_an_unknown_key_are_refused(client: Client, db: None) -> None:
    for query in ("cursor=nonsense", "page=2", "limit=1000"):
        answer = client.get(f"/api/raffle/rolls?{query}")
        assert answer.status_code in (400, 404), query
        assert set(answer.json()) == {"code", "detail"}
