"""An address is made, shown once, tested and revoked in the admin."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from overlay import services
from overlay.models import Cue, OverlayToken

pytestmark = pytest.mark.django_db

LIST = "/admin/overlay/overlaytoken/"


def test_a_new_address_is_shown_on_one_page_only(admin_client: Client) -> None:
    made = admin_client.post(f"{LIST}add/", {"name": "Main scene"}, follow=True)
    token = OverlayToken.objects.get()
    address = services.address(token)
    assert address in made.content.decode()
    assert "Browser" in made.content.decode()
    again = admin_client.get(f"{LIST}{token.pk}/change/")
    assert address not in again.content.decode()


def test_the_address_is_shown_again_to_who_asks(admin_client: Client, token: OverlayToken) -> None:
    page = admin_client.post(f"{LIST}{token.pk}/do/show/", follow=True)
    assert services.address(token) in page.content.decode()


def test_the_address_is_not_in_the_list(admin_client: Client, token: OverlayToken) -> None:
    page = admin_client.get(LIST).content.decode()
    assert "never used" in page
    assert services.token_of(token) not in page


@pytest.mark.parametrize("kind", services.KINDS)
def test_a_test_is_marked_as_one(admin_client: Client, token: OverlayToken, kind: str) -> None:
    button = f"{LIST}{token.pk}/do/test-{kind}/"
    assert button in admin_client.get(f"{LIST}{token.pk}/change/").content.decode()
    admin_client.post(button)
    cue = Cue.objects.get()
    assert (cue.kind, cue.payload["is_test"]) == (kind, True)


def test_the_button_and_the_action_revoke(
    admin_client: Client,
    token: OverlayToken,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    other = OverlayToken.objects.create(name="Other")
    admin_client.post(f"{LIST}{token.pk}/do/revoke/")
    admin_client.post(LIST, {"action": "revoke_selected", "_selected_action": [other.pk]})
    assert not OverlayToken.objects.valid().exists()
    page = admin_client.post(f"{LIST}{token.pk}/do/show/", follow=True)
    assert services.token_of(token) not in page.content.decode()


@pytest.mark.parametrize("verb", ["test-roll", "show", "revoke"])
def test_looking_changes_nothing_and_strangers_may_do_nothing(
    admin_client: Client, client: Client, token: OverlayToken, verb: str
) -> None:
    address = f"{LIST}{token.pk}/do/{verb}/"
    assert admin_client.get(address).status_code == 405
    User.objects.create_user("staff", password="p", is_staff=True)
    client.login(username="staff", password="p")
    assert client.post(address).status_code == 403
    assert not Cue.objects.exists()
    assert OverlayToken.objects.valid().exists()


def test_an_address_cannot_be_deleted(admin_client: Client, token: OverlayToken) -> None:
    assert admin_client.post(f"{LIST}{token.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("key", ["0", "²", "٣", "9" * 40, "x"])
def test_an_address_that_is_not_there_leads_back(admin_client: Client, key: str) -> None:
    assert admin_client.get(f"{LIST}{key}/change/").status_code == 302
