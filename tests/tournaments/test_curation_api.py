"""Running and curating a tournament over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from tests.tournaments.curating import cup, selecting
from tournaments.models import Tournament

pytestmark = pytest.mark.django_db

KEY = "open sesame"
ADMIN = "/api/admin/tournaments"


@pytest.fixture
def api(settings: LazySettings) -> Client:
    settings.ADMIN_KEY = KEY
    return Client(headers={"X-Admin-Key": KEY})


def post(client: Client, path: str, body: Any = None, method: str = "post") -> Any:
    send = getattr(client, method)
    return send(f"{ADMIN}{path}", body or {}, content_type="application/json")


def ids(tournament: Tournament) -> list[str]:
    rows = tournament.registrations.order_by("registered_at")
    return list(rows.values_list("viewer_id", flat=True))


def test_a_tournament_is_made_changed_and_moved(api: Client) -> None:
    made = post(api, "", {"name": "Autumn", "max_participants": 24})
    assert made.status_code == 201, made.json()
    one = f"/{made.json()['id']}"
    assert made.json()["status"] == "DRAFT"
    assert [step["to"] for step in made.json()["steps"]] == ["REGISTRATION_OPEN", "CANCELLED"]
    (listed,) = api.get(ADMIN).json()["results"]
    assert listed == api.get(f"{ADMIN}{one}").json()
    changed = post(api, one, {"semi_final_legs": 1}, "patch")
    assert (changed.status_code, changed.json()["semi_final_legs"]) == (200, 1)
    moved = post(api, f"{one}/transition", {"to": "REGISTRATION_OPEN"})
    assert (moved.status_code, moved.json()["status"]) == (200, "REGISTRATION_OPEN")
    refused = post(api, f"{one}/transition", {"to": "KNOCKOUTS"})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_way")
    history = api.get(f"{ADMIN}{one}/history").json()["results"]
    assert [row["verb"] for row in history] == [
        "opened_registration",
        "changed_settings",
        "created",
    ]
    assert {row["by"] for row in history} == {"admin key"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "required"),
        ({"name": "A", "max_participants": 35}, 409, "no_format"),
        ({"name": "A", "max_participants": 100}, 400, "max_value"),
        ({"name": "A", "status": "COMPLETED"}, 400, "unknown_field"),
        ({"name": "A\x00"}, 400, "null_characters_not_allowed"),
        ({"name": "A", "least_stake": 10, "most_stake": 5}, 400, "invalid"),
        (
            {
                "name": "A",
                "registration_opens_at": "2026-05-02T00:00:00Z",
                "registration_closes_at": "2026-05-01T00:00:00Z",
            },
            400,
            "invalid",
        ),
    ],
)
def test_senseless_settings_get_a_clear_answer(
    api: Client, body: dict[str, Any], status: int, code: str
) -> None:
    answer = post(api, "", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.json()
    assert not Tournament.objects.exists()


def test_a_roster_is_chosen_and_published(api: Client) -> None:
    tournament = selecting(60)
    one = f"/{tournament.pk}"
    rows = api.get(f"{ADMIN}{one}/registrations?limit=100").json()["results"]
    assert len(rows) == 60
    marked = post(
        api,
        f"{one}/registrations",
        {"registrations": [rows[0]["id"], rows[1]["id"]], "is_chosen": True},
        "patch",
    )
    assert (marked.status_code, marked.json()["chosen"]) == (200, 2), marked.json()
    assert "too few" in marked.json()["problem"]
    filled = post(api, f"{one}/registrations/fill")
    assert (filled.json()["chosen"], filled.json()["can_publish"]) == (36, True)
    seeded = post(api, f"{one}/registrations/seeds", {"rule": "registration"})
    assert seeded.status_code == 200
    post(api, f"{one}/registrations/seeds", {"registration": rows[1]["id"], "seed": 1})
    chosen = api.get(f"{ADMIN}{one}/registrations?chosen=true&limit=100").json()["results"]
    wanted = [row["userId"] for row in sorted(chosen, key=lambda row: row["seed"])]
    assert wanted[:2] == [rows[1]["userId"], rows[0]["userId"]]
    confirmed = post(api, f"{one}/confirm-participants", {"userIds": wanted})
    assert confirmed.status_code == 200, confirmed.json()
    assert [row["userId"] for row in confirmed.json()] == wanted
    again = post(api, f"{one}/confirm-participants", {"userIds": wanted})
    assert again.status_code == 409
    back = post(api, f"{one}/take-back", {"reason": "Ada is ill"})
    assert (back.status_code, back.json()["is_again"]) == (200, True)


def test_fewer_are_confirmed_where_there_is_a_format(api: Client) -> None:
    tournament = selecting(40)
    one = f"/{tournament.pk}/confirm-participants"
    odd = post(api, one, {"userIds": ids(tournament)[:35]})
    assert (odd.status_code, odd.json()["code"]) == (409, "no_format")
    assert "odd" in odd.json()["detail"]
    assert post(api, one, {"userIds": ids(tournament)[:34]}).status_code == 200


def test_who_waits_takes_a_place(api: Client) -> None:
    tournament = selecting(10, max_participants=8)
    one = f"/{tournament.pk}"
    players = post(api, f"{one}/confirm-participants", {"userIds": ids(tournament)[:8]}).json()
    taken = post(api, f"{one}/replace", {"player": players[3]["id"], "reason": "Ill"})
    assert taken.status_code == 200, taken.json()
    assert (taken.json()["seed"], taken.json()["userId"] in ids(tournament)[8:]) == (4, True)
    wrong = post(api, f"{one}/replace", {"player": "player_x"})
    assert wrong.status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/registrations/seeds", {"rule": "luck"}, "invalid_choice"),
        ("/registrations/seeds", {"seed": 1}, "which"),
        ("/confirm-participants", {"userIds": []}, "empty"),
        ("/confirm-participants", {"userIds": ["1"] * 65}, "max_length"),
        ("/confirm-participants", {}, "required"),
        ("/confirm-participants", {"ids": ["1"]}, "unknown_field"),
        ("/transition", {"to": "CANCELLED", "resaon": "Rain"}, "unknown_field"),
        ("/transition", {"to": "WON"}, "invalid_choice"),
        ("/take-back", {"reason": "x" * 301}, "max_length"),
    ],
)
def test_senseless_bodies_get_a_clear_answer(
    api: Client, path: str, body: dict[str, Any], code: str
) -> None:
    answer = post(api, f"/{selecting(8).pk}{path}", body)
    assert (answer.status_code, answer.json()["code"]) == (400, code), answer.json()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("nonsense=1", "unknown_key"),
        ("tier=9", "invalid_choice"),
        ("chosen=maybe", "invalid"),
        ("limit=0", "min_value"),
    ],
)
def test_senseless_queries_get_a_clear_answer(api: Client, query: str, code: str) -> None:
    answer = api.get(f"{ADMIN}/{cup().pk}/registrations?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code), answer.json()


def test_registrations_are_found(api: Client) -> None:
    tournament = selecting(12)
    found = api.get(f"{ADMIN}/{tournament.pk}/registrations?q=v11&status=PENDING").json()
    assert [row["login"] for row in found["results"]] == ["v11"]
    for hostile in ("%25", "'; DROP TABLE", "%00"):
        assert api.get(f"{ADMIN}/{tournament.pk}/registrations?q={hostile}").status_code in (
            200,
            400,
        )


def test_the_curation_role_curates_and_runs_nothing_else() -> None:
    tournament = selecting(40)
    moderator = User.objects.create_user("mod")
    moderator.user_permissions.add(
        Permission.objects.get(codename="curate", content_type__app_label="tournaments")
    )
    client = Client()
    client.force_login(moderator)
    one = f"/{tournament.pk}"
    assert post(client, f"{one}/registrations/fill").status_code == 200
    assert client.get(f"{ADMIN}{one}/history").status_code == 200
    assert post(client, "", {"name": "Mine"}).status_code == 403
    assert post(client, f"{one}/transition", {"to": "CANCELLED"}).status_code == 403
