"""A NUL never breaks a page, wherever it stands."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from twitch.models import ChatText

pytestmark = pytest.mark.django_db


@pytest.fixture
def streamer() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("streamer"))
    return client


@pytest.mark.parametrize(
    "address",
    [
        "/admin/twitch/viewer/%00/change/",
        "/admin/twitch/redemption/%00/delete/",
        "/admin/twitch/redemption/?status=%00",
        "/admin/sagas/run/?saga__in=x,%00",
        "/api/admin/runs?saga=%00",
        "/api/raffle/rolls?cursor=%00",
    ],
)
def test_a_nul_in_an_address_is_a_bad_request(streamer: Client, address: str) -> None:
    assert streamer.get(address).status_code == 400


def test_a_nul_in_a_form_is_a_bad_request(streamer: Client) -> None:
    ChatText.objects.create(name="raffle.won", text="Hooray")
    chosen = {"action": "delete_selected", "_selected_action": "\0"}
    assert streamer.post("/admin/twitch/chattext/", chosen).status_code == 400


def test_where_nothing_is_searched_for_a_nul_does_no_harm(streamer: Client) -> None:
    assert streamer.get("/%00").status_code == 404
    assert streamer.get("/overlay/?token=%00").status_code == 403
    assert streamer.get("/admin/sagas/run/?q=%00").status_code in (200, 302)
