from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db
RUNS = "/api/admin/runs"


def test_nobody_is_turned_away(client: Client) -> None:
    answer = client.get(RUNS)
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"


def test_the_admin_key_opens_the_api(client: Client, settings: LazySettings) -> None:
    settings.ADMIN_KEY = "open sesame"
    assert client.get(RUNS, headers={"X-Admin-Key": "open sesame"}).status_code == 200


def test_a_wrong_key_does_not(client: Client, settings: LazySettings) -> None:
    settings.ADMIN_KEY = "open sesame"
    for key in ("open", "", "öffne dich"):
        answer = client.get(RUNS, headers={"X-Admin-Key": key})
        assert answer.status_code == 401
        assert answer.json()["code"] == "wrong_admin_key"


def test_without_a_key_of_its_own_the_server_says_that_keys_are_off(
    client: Client, settings: LazySettings
) -> None:
    settings.ADMIN_KEY = ""
    answer = client.get(RUNS, headers={"X-Admin-Key": ""})
    assert answer.status_code == 503
    assert answer.json()["code"] == "admin_key_off"


def test_staff_may_and_others_may_not(client: Client) -> None:
    client.force_login(User.objects.create_user("viewer"))
    assert client.get(RUNS).status_code == 403
    client.force_login(User.objects.create_user("mod", is_staff=True))
    assert client.get(RUNS).status_code == 200


def test_a_session_needs_a_csrf_token_to_change_anything() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_user("mod", is_staff=True))
    answer = client.post(f"{RUNS}/1/retry")
    assert answer.status_code == 403
    assert answer.json()["code"] == "permission_denied"
