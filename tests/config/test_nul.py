"""No address with a NUL gets as far as the database."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "/admin/twitch/viewer/%00/change/",
        "/admin/twitch/redemption/?status=%00",
        "/admin/sagas/run/?q=Mo%00",
        "/api/raffle/rolls?cursor=%00",
        "/overlay/?token=%00",
        "/%00",
    ],
)
def test_an_address_with_a_nul_is_refused(address: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("streamer"))
    assert client.get(address).status_code == 400


def test_a_percent_sign_before_two_zeros_is_no_nul(client: Client) -> None:
    assert client.get("/api/raffle/rolls?cursor=%2500").status_code == 404
