"""People in the admin: banned with a reason, given roles, and made nothing more by staff."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import signing
from accounts.services.signing import Identity

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"


@pytest.fixture
def ada(db: None) -> User:
    return signing.sign_in(Identity("twitch", "42", "ada", "Ada"), now=timezone.now())


@pytest.fixture
def streamer(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("streamer"))
    return client


@pytest.fixture
def staff(client: Client) -> Client:
    """Somebody who may change people, and is no administrator."""
    user = User.objects.create_user("staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["change_user", "view_user"]))
    client.force_login(user)
    return client


def save(client: Client, user: User, **said: Any) -> int:
    form = {"viewer": user.viewer_id or "", "is_active": "on", "banned_reason": "", **said}
    return client.post(f"{USERS}{user.pk}/change/", form).status_code


def test_people_are_found_by_the_name_that_they_have_now(streamer: Client, ada: User) -> None:
    page = streamer.get(f"{USERS}?q=ada").content.decode()
    assert "Twitch (Ada)" in page


def test_a_ban_has_a_reason_that_ends_with_it(streamer: Client, ada: User) -> None:
    assert save(streamer, ada, is_banned="on", banned_reason="rude") == 302
    ada.refresh_from_db()
    assert (ada.is_banned, ada.banned_reason) == (True, "rude")
    assert save(streamer, ada, banned_reason="rude") == 302
    ada.refresh_from_db()
    assert (ada.is_banned, ada.banned_reason) == (False, "")


def test_an_administrator_cannot_be_banned(streamer: Client) -> None:
    other = User.objects.create_superuser("other")
    assert save(streamer, other, is_banned="on", is_superuser="on", is_staff="on") == 200
    streamer.post(USERS, {"action": "ban_selected", "_selected_action": [other.pk]})
    other.refresh_from_db()
    assert not other.is_banned


def test_many_are_banned_and_unbanned_at_once_and_it_is_written_down(
    streamer: Client, ada: User
) -> None:
    for action, is_banned in (("ban_selected", True), ("unban_selected", False)):
        streamer.post(USERS, {"action": action, "_selected_action": [ada.pk]})
        ada.refresh_from_db()
        assert ada.is_banned is is_banned
    history = streamer.get(f"{USERS}{ada.pk}/history/").content.decode()
    assert "Banned." in history
    assert "Unbanned." in history


def test_moderators_get_their_roles_here(streamer: Client, ada: User) -> None:
    role = Group.objects.get(name="Song queue moderator")
    assert save(streamer, ada, groups=[role.pk]) == 302
    assert User.objects.get(pk=ada.pk).has_perm("studio.moderate_songs")


def test_staff_may_ban_and_hand_out_nothing(staff: Client, ada: User) -> None:
    role = Group.objects.get(name="Song queue moderator")
    rights = {"is_superuser": "on", "is_staff": "on", "groups": [role.pk], "viewer": ""}
    assert save(staff, ada, is_banned="on", **rights) == 302
    ada.refresh_from_db()
    assert ada.is_banned
    assert not ada.is_superuser
    assert not ada.is_staff
    assert ada.viewer_id == "42"
    assert not ada.groups.exists()


def test_staff_cannot_touch_an_administrator(staff: Client) -> None:
    other = User.objects.create_superuser("other")
    assert save(staff, other) == 403


def test_allauths_own_tables_are_not_in_the_admin(streamer: Client) -> None:
    for table in ("socialaccount/socialapp", "socialaccount/socialtoken", "account/emailaddress"):
        assert streamer.get(f"/admin/{table}/").status_code == 404
