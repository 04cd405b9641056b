"""What belongs to no app: the front page, the API's schema, and what is said when nothing fits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory

from accounts.models import User
from config import views
from tests.backstage import at_once
from tests.tournaments import stage
from tournaments.models import Tournament


@pytest.mark.parametrize("address", ["/api/", "/api/nothing", "/api/admin/runs/x", "/api//runs"])
def test_nothing_at_an_address_of_the_api_is_said_in_json(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_nothing_elsewhere_is_a_page(client: Client) -> None:
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
    assert "Not here" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_that_is_too_old_and_a_page_for_others_say_what_to_do() -> None:
    client = Client(enforce_csrf_checks=True)
    old = client.post("/sign-out")
    assert (old.status_code, "Press it again" in old.content.decode()) == (403, True)
    client.force_login(User.objects.create(username="ada"))
    refused = client.get(f"/tournaments/{stage.tournament(8).pk}/desk")
    assert (refused.status_code, "Not for you" in refused.content.decode()) == (403, True)


def test_a_request_that_django_refuses_is_told_in_the_apis_words(client: Client) -> None:
    many = "&".join(f"key{number}=1" for number in range(2000))
    answer = client.get(f"/api/raffle/rolls?{many}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_request"


def test_an_error_of_ours_tells_nothing_of_itself() -> None:
    def answer(address: str) -> tuple[int, bytes]:
        request: HttpRequest = RequestFactory().get(address)
        response = views.server_error(request)
        return response.status_code, response.content

    status, content = answer("/api/raffle/rolls")
    assert (status, json.loads(content)["code"]) == (500, "server_error")
    status, content = answer("/")
    assert (status, b"Our fault" in content) == (500, True)


@pytest.mark.parametrize(
    "query", ["lang=de", "lang=x", "version=2", "version=%0A", "format=json&a=1"]
)
def test_the_schema_is_one(client: Client, query: str) -> None:
    answer = client.get(f"/api/schema?{query}")
    assert answer.status_code == 400
    assert b"unknown_key" in answer.content


def test_the_schema_comes_as_yaml_or_json(client: Client) -> None:
    assert client.get("/api/schema").content.startswith(b"openapi:")
    answer = client.get("/api/schema?format=json")
    assert answer["Content-Disposition"] == 'inline; filename="greenroom.json"'
    assert answer.json()["info"]["title"] == "Greenroom"


def test_the_schema_is_made_once_however_many_ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bool] = []

    class Counted(views.SchemaGenerator):  # type: ignore[misc]
        def get_schema(self, request: None = None, public: bool = False) -> Any:
            made.append(public)
            return super().get_schema(request, public)

    monkeypatch.setattr(views, "SchemaGenerator", Counted)
    monkeypatch.setattr(views, "_schemas", {})
    answers = at_once(8, lambda: Client().get("/api/schema?format=json").status_code)
    assert answers == [200] * 8
    assert made == [True]


@pytest.mark.django_db
def test_the_front_page_shows_what_is_on(client: Client) -> None:
    assert b"now-on" not in client.get("/").content
    Tournament.objects.create(name="Summer Cup", status=Tournament.Status.REGISTRATION_OPEN)
    assert b"Take part" in client.get("/").content
    made = stage.tournament(8, name="Autumn Cup")
    assert b"No match is on" in client.get("/").content
    match = made.matches.first()
    assert match
    stage.go_live(match)
    page = client.get("/").content
    assert b"Autumn Cup" in page
    assert f"/matches/{match.pk}".encode() in page
    assert b"Summer Cup" not in page
