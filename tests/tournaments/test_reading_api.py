"""What anybody may read of tournaments over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.tournaments import stage
from tournaments.models import Drawing, Match, Tie, Tournament

pytestmark = pytest.mark.django_db

DOCUMENTS = ("participants", "matches", "standings", "knockout", "live")


def get(client: Client, address: str, **headers: str) -> Any:
    answer = client.get(f"/api/{address}", headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_table_says_why_each_line_is_above_the_next(client: Client) -> None:
    made = stage.tournament(played=3)
    table = get(client, f"tournaments/{made.pk}/standings")
    rows = table["rows"]
    assert [row["rank"] for row in rows] == list(range(1, 37))
    assert [row["zone"] for row in rows] == ["direct"] * 8 + ["playoff"] * 16 + ["out"] * 12
    assert all(row["above_next"]["criterion"] for row in rows[:-1])
    assert rows[-1]["above_next"] is None
    assert [(zone["from"], zone["to"]) for zone in table["zones"]] == [(1, 8), (9, 24), (25, 36)]
    for row in rows:
        signs = [match["result"] for match in row["form"]]
        assert [signs.count(sign) for sign in "WDL"] == [row["wins"], row["draws"], row["losses"]]


def test_void_matches_are_no_form_and_double_forfeits_are_lost_by_both(client: Client) -> None:
    made = stage.tournament(8)
    void, double = made.matches.filter(matchday=1)[:2]
    Match.objects.filter(pk=void.pk).update(status="COMPLETED", outcome="void")
    Match.objects.filter(pk=double.pk).update(
        status="COMPLETED", outcome="forfeit", is_home_guilty=True, is_away_guilty=True
    )
    forms = {
        row["player"]["id"]: [match["result"] for match in row["form"]]
        for row in get(client, f"tournaments/{made.pk}/standings")["rows"]
    }
    assert forms[void.home_id] == forms[void.away_id] == []
    assert forms[double.home_id] == forms[double.away_id] == ["L"]
    day = get(client, f"tournaments/{made.pk}/matches")["matchdays"][0]
    shown = {match["id"]: match for match in day["matches"]}
    assert shown[double.pk]["forfeit"]["by"] == [double.home_id, double.away_id]


def test_matches_come_by_days_with_their_scores(client: Client) -> None:
    made = stage.tournament(12, played=2)
    live = made.matches.filter(matchday=3).first()
    assert live
    stage.go_live(live, 2, 1)
    days = get(client, f"tournaments/{made.pk}/matches")["matchdays"]
    assert [day["matchday"] for day in days] == list(range(1, 9))
    assert [day["completed"] for day in days] == [6, 6, 0, 0, 0, 0, 0, 0]
    assert [day["is_live"] for day in days] == [False, False, True, *[False] * 5]
    (on,) = get(client, f"tournaments/{made.pk}/live")["matches"]
    assert (on["id"], on["score"]["home"], on["score"]["away"]) == (live.pk, 2, 1)


def test_next_is_a_match_day_then_a_leg_and_at_last_the_final(client: Client) -> None:
    made = stage.tournament(8, played=2)

    def coming() -> tuple[str, int, int]:
        day = get(client, f"tournaments/{made.pk}/matches")["next"]
        return day["name"], day["completed"], len(day["matches"])

    assert coming() == ("Match day 3", 0, 4)
    stage.play(made, days=6)
    assert coming() == ("Match day 6", 4, 4)
    stage.knock_out(made, rounds=1)
    assert coming() == ("Semi-finals, leg 1", 0, 2)
    stage.knock_out(made, rounds=3)
    assert coming() == ("Final", 1, 1)


def test_participants_come_by_pots_with_whom_they_meet(client: Client) -> None:
    made = stage.tournament(36, played=1)
    pots = get(client, f"tournaments/{made.pk}/participants")["pots"]
    assert [len(pot["players"]) for pot in pots] == [9] * 4
    player = pots[0]["players"][0]
    assert len(player["opponents"]) == 8
    assert 0 <= player["strength"] <= 3


def test_every_place_of_the_bracket_is_there_from_the_beginning(client: Client) -> None:
    made = stage.tournament(36)
    rounds = get(client, f"tournaments/{made.pk}/knockout")["rounds"]
    assert [len(each["ties"]) for each in rounds] == [8, 8, 4, 2, 1]
    side = rounds[0]["ties"][0]["better"]
    assert side["player"] is None
    assert side["label"]
    player = made.participants.get(seed=9)
    Tie.objects.filter(phase="PLAYOFF", slot=0).update(better=player, better_path_seed=9)
    side = get(client, f"tournaments/{made.pk}/knockout")["rounds"][0]["ties"][0]["better"]
    assert (side["player"]["id"], side["path_seed"]) == (player.pk, 9)


def test_nothing_of_a_draw_is_told_before_it_is_revealed(client: Client) -> None:
    made = stage.tournament(8, played=1)
    match = made.matches.first()
    assert match
    Drawing.objects.update(revealed_at=None)
    assert get(client, f"tournaments/{made.pk}/matches") == {
        "matchdays": [],
        "knockouts": [],
        "next": None,
    }
    pots = get(client, f"tournaments/{made.pk}/participants")["pots"]
    assert all(player["opponents"] == [] for pot in pots for player in pot["players"])
    assert all(not row["form"] for row in get(client, f"tournaments/{made.pk}/standings")["rows"])
    assert client.get(f"/api/matches/{match.pk}").status_code == 404


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_did_not_change_is_not_sent_again(client: Client, document: str) -> None:
    made = stage.tournament(8, played=1)
    address = f"/api/tournaments/{made.pk}/{document}"
    etag = client.get(address).headers["ETag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}'):
        again = client.get(address, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
    stage.touch(made)
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_takes_few_queries(
    client: Client, document: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    made = stage.tournament(36, played=2)
    with django_assert_max_num_queries(6):
        get(client, f"tournaments/{made.pk}/{document}")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_draft_is_not_there_for_anybody(client: Client, document: str) -> None:
    draft = Tournament.objects.create(name="Secret")
    for tournament in (draft.pk, f"tour_{'0' * 26}"):
        answer = client.get(f"/api/tournaments/{tournament}/{document}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("tournament", ["tour_x", "tour_%00", "x" * 500, "%00"])
def test_what_cannot_be_an_id_is_no_address(client: Client, tournament: str) -> None:
    assert client.get(f"/api/tournaments/{tournament}/live").status_code == 404


def test_unknown_query_keys_are_refused(client: Client) -> None:
    made = stage.tournament(8)
    answer = client.get(f"/api/tournaments/{made.pk}/live?page=2")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_key")


def test_a_match_tells_of_its_pools_and_results(client: Client) -> None:
    made = stage.tournament(8, played=1)
    match = made.matches.filter(matchday=1).first()
    assert match
    match.predictions.create(viewer=stage.viewer(), side="home", points_wagered=30)
    match.predictions.create(viewer=stage.viewer(), side="home", points_wagered=12)
    match.predictions.create(viewer=stage.viewer(), side="draw", points_wagered=5)
    told = get(client, f"matches/{match.pk}")
    assert [(pool["side"], pool["points"], pool["viewers"]) for pool in told["pools"]] == [
        ("home", 42, 2),
        ("draw", 5, 1),
        ("away", 0, 0),
    ]
    (result,) = told["results"]
    assert result["source"] == "admin"
    assert (told["score"]["home"], told["score"]["away"]) == (
        result["home_goals"],
        result["away_goals"],
    )
    assert "entered_by" not in str(told)
