"""Matches for those who run them and for those who play them, through the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from tests.tournaments import stage
from tournaments.models import Match, Participant, Tournament
from twitch.models import Viewer

ADMIN = "/api/admin/matches"
PLAYED = {"home_goals": 2, "away_goals": 1}


@pytest.fixture
def cup(db: None) -> Tournament:
    return stage.tournament(8)


@pytest.fixture
def match(cup: Tournament) -> Match:
    rows = cup.matches.filter(matchday=1).select_related("home__viewer", "away__viewer")
    return rows.order_by("pk")[0]


@pytest.fixture
def staff(cup: Tournament) -> Client:
    """Somebody with the right to enter results, who is a viewer, too."""
    user = User.objects.create_user("lea", viewer=stage.viewer("Lea"))
    rights = Permission.objects.filter(content_type__app_label="tournaments")
    user.user_permissions.add(rights.get(codename="enter_results"))
    return browser(user)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def player(viewer: Viewer, **columns: Any) -> Client:
    return browser(User.objects.create_user(f"user{viewer.pk}", viewer=viewer, **columns))


def post(client: Client, address: str, status: int = 200, /, **body: Any) -> Any:
    answer = client.post(address, body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_match_is_run_from_its_time_to_its_result(staff: Client, match: Match) -> None:
    at = "2026-11-20T19:00:00Z"
    path = f"{ADMIN}/{match.pk}"
    assert post(staff, f"{path}/schedule", scheduled_at=at)["scheduled_at"] == at
    assert post(staff, f"{path}/live")["status"] == "LIVE"
    assert post(staff, f"{path}/score", home_goals=1, away_goals=0)["home_goals"] == 1
    assert post(staff, f"{path}/call-back")["status"] == "SCHEDULED"
    assert post(staff, f"{path}/score", 409, home_goals=1, away_goals=0)["code"] == "not_live"
    done = post(staff, f"{path}/resolve", **PLAYED)
    assert (done["status"], done["outcome"], done["home"]["userId"]) == (
        "COMPLETED",
        "played",
        match.home.viewer_id,
    )
    assert match.tournament.changes.get(verb="entered_result").by == "lea"


def test_a_day_is_scheduled(staff: Client, cup: Tournament) -> None:
    path = f"/api/admin/tournaments/{cup.pk}/schedule-day"
    times = {"starts_at": "2026-11-20T19:00:00Z", "minutes_apart": 20}
    rows = post(staff, path, day=2, **times)
    assert [row["scheduled_at"][11:16] for row in rows] == ["19:00", "19:20", "19:40", "20:00"]
    assert post(staff, path, 409, phase="FINAL", day=1, **times)["code"] == "nothing_to_schedule"


def test_a_correction_is_applied_as_it_was_previewed(staff: Client, match: Match) -> None:
    path = f"{ADMIN}/{match.pk}"
    post(staff, f"{path}/resolve", **PLAYED)
    better = {"home_goals": 2, "away_goals": 2, "reason": "Counted wrongly"}
    needed = post(staff, f"{path}/resolve", 409, **better)
    assert needed["code"] == "preview_needed"
    seen = post(staff, f"{path}/preview", **better)
    assert seen["preview_token"] == needed["preview_token"]
    assert [row["to"] for row in seen["changes"]["results"]] == [{"result": "2–2"}]
    assert Match.objects.get(pk=match.pk).away_goals == 1
    wrong = post(staff, f"{path}/resolve", 409, **better, preview_token="0" * 32)
    assert wrong["code"] == "preview_stale"
    done = post(staff, f"{path}/resolve", **better, preview_token=seen["preview_token"])
    assert done["away_goals"] == 2


def test_a_result_is_taken_back_with_its_preview(staff: Client, match: Match) -> None:
    path = f"{ADMIN}/{match.pk}"
    post(staff, f"{path}/resolve", **PLAYED)
    needed = post(staff, f"{path}/take-back", 409)
    done = post(staff, f"{path}/take-back", preview_token=needed["preview_token"])
    assert (done["status"], done["outcome"]) == ("SCHEDULED", "")


def test_a_no_show_is_entered_with_its_ground(staff: Client, match: Match) -> None:
    forfeit = {"outcome": "forfeit", "forfeited_by": "away", "ground": "no_show"}
    done = post(staff, f"{ADMIN}/{match.pk}/resolve", **forfeit)
    assert (done["home_goals"], done["forfeited_by"], done["ground"]) == (3, "away", "no_show")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "goals_missing"),
        ({"home_goals": 1}, "goals_missing"),
        ({"home_goals": -1, "away_goals": 0}, "min_value"),
        ({"home_goals": 100, "away_goals": 0}, "max_value"),
        ({"home_goals": "two", "away_goals": 0}, "invalid"),
        ({**PLAYED, "has_extra_time": True}, "no_extra_time_here"),
        ({**PLAYED, "winner": "home"}, "unknown_field"),
        ({**PLAYED, "reason": "a\0b"}, "null_characters_not_allowed"),
        ({**PLAYED, "reason": "x" * 301}, "max_length"),
        ({"outcome": "won"}, "invalid_choice"),
        ({"outcome": "forfeit"}, "nobody_guilty"),
        ({"outcome": "forfeit", "forfeited_by": "home"}, "no_ground"),
        ({**PLAYED, "ground": "rules"}, "not_forfeited"),
    ],
)
def test_what_makes_no_sense_says_why(
    staff: Client, match: Match, body: dict[str, Any], code: str
) -> None:
    assert post(staff, f"{ADMIN}/{match.pk}/resolve", 400, **body)["code"] == code


def test_the_desk_lists_what_needs_a_person(staff: Client, match: Match) -> None:
    rows = staff.get(f"{ADMIN}?phase=LEAGUE&day=1").json()
    assert len(rows) == 4
    assert staff.get(f"{ADMIN}?needs=decision").json() == []
    for side, home, away in ((match.home, 2, 1), (match.away, 1, 2)):
        path = f"/api/matches/{match.pk}/report"
        post(player(side.viewer), path, home_goals=home, away_goals=away)
    (row,) = staff.get(f"{ADMIN}?needs=decision&tournament={match.tournament_id}").json()
    assert (row["id"], row["needs"]) == (match.pk, "decision")
    assert [report["score"] for report in row["reports"]] == ["2–1", "1–2"]
    assert staff.get(f"{ADMIN}?colour=red").json()["code"] == "unknown_key"
    assert staff.get(f"{ADMIN}?tournament=tour_1").status_code == 400


def test_players_report_their_own_match_only(match: Match) -> None:
    path = f"/api/matches/{match.pk}/report"
    assert post(player(stage.viewer()), path, 403, **PLAYED)["code"] == "not_your_match"
    assert post(Client(), path, 401, **PLAYED)["code"] == "not_signed_in"
    banned = player(match.home.viewer, is_banned=True)
    assert post(banned, path, 403, **PLAYED)["code"] == "banned"
    again = player(match.away.viewer)
    assert post(again, path, **PLAYED)["reports"][0]["score"] == "2–1"
    bad = post(again, path, 400, **PLAYED, proof_url="javascript:alert(1)")
    assert bad["code"] == "invalid"


def test_only_those_who_may_enter_results(
    match: Match, settings: LazySettings, client: Client
) -> None:
    path = f"{ADMIN}/{match.pk}/resolve"
    assert post(client, path, 401, **PLAYED)["code"] == "not_signed_in"
    assert post(player(stage.viewer()), path, 403, **PLAYED)["code"] == "no_right"
    settings.ADMIN_KEY = "open sesame"
    answer = client.post(
        path, PLAYED, content_type="application/json", headers={"X-Admin-Key": "open sesame"}
    )
    assert answer.status_code == 200


def test_staff_do_not_enter_their_own_match(staff: Client, match: Match) -> None:
    Participant.objects.filter(pk=match.home_id).update(viewer=User.objects.get().viewer)
    assert post(staff, f"{ADMIN}/{match.pk}/resolve", 409, **PLAYED)["code"] == "own_match"


def test_a_player_withdraws_and_returns_as_previewed(staff: Client, match: Match) -> None:
    path = f"/api/admin/players/{match.home_id}"
    needed = post(staff, f"{path}/withdraw", 409, reason="Moved away")
    forfeited = needed["changes"]["results"]
    assert len(forfeited) == 6
    token = needed["preview_token"]
    post(staff, f"{path}/withdraw", reason="Moved away", preview_token=token)
    assert match.tournament.matches.filter(outcome="forfeit").count() == 6
    back = post(staff, f"{path}/reinstate", 409)
    post(staff, f"{path}/reinstate", preview_token=back["preview_token"])
    assert not match.tournament.matches.filter(outcome="forfeit").exists()


def test_warnings_are_set(staff: Client, match: Match) -> None:
    done = post(staff, f"/api/admin/players/{match.home_id}/warnings", warnings=2, reason="Insults")
    assert done == {"id": match.home_id, "warnings": 2, "strikes": 2}


@pytest.mark.parametrize("verb", ["live", "call-back", "resolve", "preview", "take-back"])
def test_a_match_that_is_not_there_is_not_found(staff: Client, verb: str) -> None:
    body = {} if verb == "take-back" else PLAYED
    answer = post(staff, f"{ADMIN}/match_{'0' * 26}/{verb}", 404, **body)
    assert answer["code"] == "not_found"
