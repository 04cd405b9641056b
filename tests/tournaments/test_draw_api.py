"""The draw for programs: who may, what makes no sense, and what is answered."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from accounts.models import User
from tests.tournaments.cups import NOW, cup
from tournaments.models import Drawing, Tournament
from tournaments.services import drawing

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> APIClient:
    user = User.objects.create_user("lea")
    user.user_permissions.add(Permission.objects.get(codename="curate"))
    client = APIClient()
    client.force_authenticate(user)
    return client


def post(client: APIClient, made: Tournament, what: str, **body: Any) -> Any:
    return client.post(f"/api/admin/tournaments/{made.pk}/{what}", body, format="json")


def test_a_program_draws_and_directs(program: APIClient) -> None:
    made = cup()
    assert program.get("/api/tournaments/ceremony").status_code == 204

    drawn = post(program, made, "run-league-draw")

    assert drawn.status_code == 200
    assert (drawn.data["status"], drawn.data["shown"]) == ("ceremony", [])
    assert program.get("/api/tournaments/ceremony").data["id"] == made.pk
    started = post(program, made, "ceremony", do="start")
    assert started.data["ceremony"]["shown"] == 1
    stepped = post(program, made, "ceremony", do="step", seen=1)
    assert stepped.data["ceremony"]["shown"] == 2
    skipped = post(program, made, "ceremony", do="skip")
    assert skipped.data["status"] == "revealed"
    assert program.get("/api/tournaments/ceremony").status_code == 204


def test_a_draw_without_a_ceremony_is_there_at_once(program: APIClient) -> None:
    drawn = post(program, cup(), "run-league-draw", ceremony=False)
    assert drawn.data["status"] == "revealed"
    league = next(one for one in drawn.data["drawings"] if one["purpose"] == "league")
    assert len(league["result"]["games"]) == 48


def test_an_answer_that_is_known_is_not_sent_again() -> None:
    made = cup()
    client = APIClient()
    first = client.get(f"/api/tournaments/{made.pk}/draw")
    again = client.get(f"/api/tournaments/{made.pk}/draw", HTTP_IF_NONE_MATCH=first["ETag"])
    assert again.status_code == 304
    drawing.run_league_draw(made.pk, by="lea", now=NOW, ceremony=True)
    changed = client.get(f"/api/tournaments/{made.pk}/draw", HTTP_IF_NONE_MATCH=first["ETag"])
    assert changed.status_code == 200


def test_rules_are_read_and_changed(program: APIClient) -> None:
    made = cup(36)
    address = f"/api/admin/tournaments/{made.pk}/draw-rules"
    pair = sorted(made.participants.filter(seed__in=(1, 36)).values_list("pk", flat=True))
    changed = program.put(address, {"pairs": [pair], "most_per_group": 2}, format="json")
    assert changed.data == {"pairs": [pair], "most_per_group": 2}
    assert program.get(address).data == changed.data
    assert program.put(address, {}, format="json").data == {"pairs": [], "most_per_group": None}


def test_an_impossible_rule_is_refused_with_its_reason(program: APIClient) -> None:
    made = cup(12)
    pair = list(made.participants.filter(seed__in=(1, 2)).values_list("pk", flat=True))
    address = f"/api/admin/tournaments/{made.pk}/draw-rules"
    answer = program.put(address, {"pairs": [pair]}, format="json")
    assert (answer.status_code, answer.data["code"]) == (409, "draw_impossible")
    assert "may meet only 1" in answer.data["detail"]


@pytest.mark.parametrize(
    ("what", "body", "code"),
    [
        ("ceremony", {}, "required"),
        ("ceremony", {"do": "dance"}, "invalid_choice"),
        ("ceremony", {"do": "speed"}, "required"),
        ("ceremony", {"do": "speed", "pace": 0.1}, "min_value"),
        ("ceremony", {"do": "step", "seen": -1}, "min_value"),
        ("ceremony", {"do": "step", "x": 1}, "unknown_field"),
        ("run-league-draw", {"ceremony": "perhaps"}, "invalid"),
        ("run-league-draw", {"again": True}, "unknown_field"),
        ("run-bracket-draw", {"again": True}, "unknown_field"),
    ],
)
def test_a_senseless_body_is_refused(
    program: APIClient, what: str, body: dict[str, Any], code: str
) -> None:
    made = cup()
    answer = post(program, made, what, **body)
    assert (answer.status_code, answer.data["code"]) == (400, code)
    assert not Drawing.objects.filter(tournament=made, drawn_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("what", "body", "code"),
    [
        ("ceremony", {"do": "start"}, "not_drawn"),
        ("run-bracket-draw", {}, "league_not_over"),
    ],
)
def test_what_is_too_early_is_refused(
    program: APIClient, what: str, body: dict[str, Any], code: str
) -> None:
    answer = post(program, cup(), what, **body)
    assert (answer.status_code, answer.data["code"]) == (409, code)


def test_a_query_is_refused() -> None:
    made = cup()
    answer = APIClient().get(f"/api/tournaments/{made.pk}/draw?x=1")
    assert (answer.status_code, answer.data["code"]) == (400, "unknown_key")
