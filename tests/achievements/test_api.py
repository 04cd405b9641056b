from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from achievements.models import Change, Definition, Standing
from achievements.services import counting, hiding
from tests.achievements.conftest import roll, song, started
from twitch.models import Viewer

API = "/api/achievements"
ADMIN = "/api/admin/achievements"


@pytest.fixture
def evening(ann: Viewer, bob: Viewer) -> None:
    """Ann opens the stream and requests twice; Bob rolls, 400 off."""
    for fact in (started(1, 0), song(ann, 1), song(ann, 2), roll(bob, 3, 400)):
        counting.hear(fact)


@pytest.fixture
def keeper(settings: LazySettings) -> Client:
    settings.ADMIN_KEY = "open sesame"
    return Client(headers={"X-Admin-Key": "open sesame"})


def by_key(client: Client, name: str) -> dict[str, Any]:
    rows = client.get(f"{API}/viewers/{name}").json()
    return {row.pop("definition")["key"]: row for row in rows}


def test_a_viewer_is_told_in_numbers(client: Client, evening: None) -> None:
    assert client.get("/api/stats/viewers/@ANN").json() == {
        "viewer_id": "2001",
        "login": "ann",
        "display_name": "Ann",
        "songs": 0,
        "achievements_unlocked": 2,
        "achievements": 13,
        "rolls": 0,
        "wins": 0,
        "closest_distance": None,
    }
    assert client.get("/api/stats/viewers/2001").json()["login"] == "ann"


@pytest.mark.parametrize("name", ["nobody", "'--", "\u202e", "9" * 40])
def test_an_unknown_viewer_has_no_numbers(client: Client, evening: None, name: str) -> None:
    answer = client.get(f"/api/stats/viewers/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_who_hides_has_no_numbers_at_once(client: Client, evening: None, ann: Viewer) -> None:
    hiding.hide(ann)
    assert client.get("/api/stats/viewers/ann").status_code == 404


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"{ADMIN}/{path}", json.dumps(body), content_type="application/json")


def test_a_viewer_has_progress_in_everything(client: Client, evening: None) -> None:
    rows = by_key(client, "ann")
    assert len(rows) == 13
    assert rows["request_10"] == {
        "progress": 2,
        "is_unlocked": False,
        "unlocked_at": None,
        "passed_on_at": None,
        "times": 0,
    }
    assert rows["stream_opener"]["is_unlocked"]
    assert rows["first_request"]["unlocked_at"].startswith("2026-05-01T12:01")
    assert rows["streak_3"]["progress"] == 2


@pytest.mark.parametrize("name", ["ann", "ANN", "@Ann", "2001", "%20ann"])
def test_a_viewer_is_found_by_name_in_any_case_and_by_id(
    client: Client, evening: None, name: str
) -> None:
    assert by_key(client, name)["request_10"]["progress"] == 2


@pytest.mark.parametrize("name", ["nobody", "99", "@", "アン", "x" * 500, "%F0%9F%8F%86"])
def test_an_unknown_viewer_has_zeros(client: Client, evening: None, name: str) -> None:
    rows = by_key(client, name)
    assert len(rows) == 13
    assert not any(row["progress"] or row["is_unlocked"] for row in rows.values())
    assert client.get(f"{API}/viewers/{name}/unlocked").json() == []


def test_progress_of_a_stream_begins_anew_and_what_was_earned_stays(
    client: Client, evening: None
) -> None:
    counting.hear(started(2, 100))
    rows = by_key(client, "ann")
    assert rows["streak_3"]["progress"] == 0
    assert (rows["stream_opener"]["is_unlocked"], rows["stream_opener"]["times"]) == (True, 1)
    assert rows["stream_opener"]["progress"] == 0


def test_a_record_that_was_passed_on_says_until_when(
    client: Client, ann: Viewer, evening: None
) -> None:
    counting.hear(roll(ann, 5, 300))
    row = by_key(client, "bob")["closest_ever"]
    assert (row["is_unlocked"], row["times"]) == (False, 1)
    assert row["passed_on_at"].startswith("2026-05-01T12:05")


def test_unlocked_ones_come_newest_first(client: Client, ann: Viewer, evening: None) -> None:
    counting.hear(roll(ann, 9, 5000))
    rows = client.get(f"{API}/viewers/ann/unlocked").json()
    assert [row["definition"]["key"] for row in rows] == [
        "first_roll",
        "first_request",
        "stream_opener",
    ]


def test_hidden_achievements_are_known_to_nobody_before_they_are_earned(
    client: Client, ann: Viewer, evening: None
) -> None:
    Definition.objects.filter(key__in=["first_win", "first_request"]).update(hidden=True)
    known = {row["definition"]["key"] for row in client.get(f"{API}/definitions").json()}
    assert "first_win" not in known
    assert "first_request" in known
    assert "first_win" not in by_key(client, "ann")
    assert "first_request" in by_key(client, "ann")
    assert "first_request" not in by_key(client, "bob")


def test_definitions_say_how_many_hold_them(client: Client, evening: None) -> None:
    rows = {row["definition"]["key"]: row for row in client.get(f"{API}/definitions").json()}
    assert rows["first_request"]["unlocked_by"] == 1
    assert rows["roll_25"]["unlocked_by"] == 0
    assert rows["roll_25"]["definition"]["threshold"] == 25
    assert rows["closest_ever"]["definition"]["threshold"] is None


def test_the_leaderboard_counts_what_is_held(client: Client, ann: Viewer, evening: None) -> None:
    rows = client.get(f"{API}/leaderboard").json()
    assert [(row["display_name"], row["achievements"]) for row in rows] == [("Ann", 2), ("Bob", 2)]
    counting.hear(roll(ann, 5, 300))
    rows = client.get(f"{API}/leaderboard?limit=1").json()
    assert [(row["display_name"], row["achievements"]) for row in rows] == [("Ann", 4)]


def test_who_hides_is_not_to_be_found(client: Client, ann: Viewer, evening: None) -> None:
    hiding.hide(ann)
    assert [row["login"] for row in client.get(f"{API}/leaderboard").json()] == ["bob"]
    assert by_key(client, "ann") == by_key(client, "nobody")
    hiding.show(ann)
    assert by_key(client, "ann")["request_10"]["progress"] == 2


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("leaderboard?limit=0", "min_value"),
        ("leaderboard?limit=101", "max_value"),
        ("leaderboard?limit=NaN", "invalid"),
        ("leaderboard?limit=1&limit=2", "repeated_key"),
        ("definitions?limit=1", "unknown_key"),
        ("viewers/ann?x=1", "unknown_key"),
        ("viewers/ann/unlocked?x=1", "unknown_key"),
    ],
)
def test_a_senseless_query_is_refused_with_a_code(
    client: Client, db: None, query: str, code: str
) -> None:
    answer = client.get(f"{API}/{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize("body", [{}, {"viewer": ""}, {"viewer": "  "}, {"viewer": None}])
def test_a_reset_names_its_viewer(keeper: Client, evening: None, body: dict[str, Any]) -> None:
    answer = post(keeper, "reset", **body)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("viewer")
    assert Standing.objects.held().count() == 4


@pytest.mark.parametrize("path", ["reset", "recount"])
def test_a_misspelled_field_corrects_nothing(keeper: Client, evening: None, path: str) -> None:
    answer = post(keeper, path, viewer="ann", achievement=["request_10"])
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_field")
    assert Standing.objects.held().count() == 4


def test_a_reset_lets_one_viewer_begin_anew_and_is_on_record(
    client: Client, keeper: Client, evening: None
) -> None:
    answer = post(keeper, "reset", viewer="@ANN", note="A second account.")
    assert answer.json() == {"viewer_id": "2001", "earned": 2}
    assert by_key(client, "ann") == by_key(client, "nobody")
    assert by_key(client, "bob")["first_roll"]["is_unlocked"]
    change = Change.objects.get()
    assert (change.verb, change.subject, change.actor_name) == ("reset", "2001", "admin key")
    assert change.note == "A second account."


def test_a_reset_of_one_achievement_leaves_the_others(
    client: Client, keeper: Client, evening: None
) -> None:
    post(keeper, "reset", viewer="ann", achievements=["request_10"])
    assert by_key(client, "ann")["request_10"]["progress"] == 0
    assert by_key(client, "ann")["first_request"]["is_unlocked"]
    answer = post(keeper, "reset", viewer="ann", achievements=["nonsense"])
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_key")


def test_an_unknown_viewer_cannot_be_corrected(keeper: Client, db: None) -> None:
    for path in ("reset", "recount"):
        answer = post(keeper, path, viewer="nobody")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert post(keeper, "recount", viewer="").status_code == 400
    assert not Change.objects.exists()


def test_a_recount_says_what_was_wrong_and_makes_it_right(keeper: Client, evening: None) -> None:
    Standing.objects.filter(definition="request_10").update(progress=9)
    assert post(keeper, "recount", viewer="bob").json() == {"corrected": 0}
    assert post(keeper, "recount").json() == {"corrected": 1}
    assert Standing.objects.get(definition="request_10").progress == 2


def test_a_dry_run_and_its_application_agree(keeper: Client, evening: None) -> None:
    Definition.objects.create(key="duet", name="Duet", fact="songqueue.SongRequested", threshold=2)
    expected = {"gained": ["2001"], "lost": [], "kept": 0}
    assert keeper.get(f"{ADMIN}/duet/dry-run").json() == expected
    assert post(keeper, "duet/apply").json() == expected
    Definition.objects.filter(key="duet").update(condition=[])
    answer = keeper.get(f"{ADMIN}/duet/dry-run")
    assert (answer.status_code, answer.json()["code"]) == (409, "senseless_rule")
