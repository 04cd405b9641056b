"""The link that signs somebody in, once."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import SignInLink, User
from accounts.services import links

pytestmark = pytest.mark.django_db


def link(*options: str) -> str:
    out = StringIO()
    call_command("sign_in_link", *options, stdout=out)
    return urlsplit(out.getvalue().strip()).path


def test_the_link_signs_the_streamer_in_once(client: Client) -> None:
    path = link()
    assert client.get(path).status_code == 200
    assert client.post(path).headers["Location"] == "/studio"
    assert client.get("/admin/").status_code == 200
    assert Client().post(path).status_code == 410


def test_looking_at_the_link_does_not_use_it_up(client: Client) -> None:
    path = link()
    client.get(path)
    client.head(path)
    assert SignInLink.objects.count() == 1


def test_an_old_or_unknown_link_signs_nobody_in(client: Client) -> None:
    user = links.ensure_admin()
    now = timezone.now()
    secret = links.make_sign_in_link(user, now=now)
    assert links.use_sign_in_link(secret, now=now + timedelta(minutes=31)) is None
    assert links.use_sign_in_link("guess", now=now) is None


def test_only_a_digest_of_the_link_is_kept() -> None:
    secret = link().rstrip("/").rsplit("/", 1)[-1]
    assert secret not in str(SignInLink.objects.values().get())


def test_the_streamer_is_made_once_and_without_a_password() -> None:
    link(), link()
    user = User.objects.get()
    assert user.is_superuser
    assert not user.has_usable_password()


def test_a_moderator_is_let_in_by_name(client: Client) -> None:
    moderator = User.objects.create_user("twitch-5", first_name="Mo")
    client.post(link("twitch-5"))
    assert client.session["_auth_user_id"] == str(moderator.pk)


def test_a_name_that_is_mistyped_makes_nobody() -> None:
    link()
    moderator = User.objects.create_user("twitch-5", first_name="Mo")
    moderator.groups.add(Group.objects.create(name="Usher"))
    User.objects.create_user("twitch-6")
    with pytest.raises(CommandError) as caught:
        link("twich-5")
    assert str(caught.value) == (
        "There is no account 'twich-5'. Backstage: streamer, twitch-5 (Mo)."
        " With --new it is made, as an administrator."
    )
    assert not User.objects.filter(username="twich-5").exists()


def test_another_administrator_is_made_when_that_is_asked_for(client: Client) -> None:
    client.post(link("second", "--new"))
    assert client.get("/admin/").status_code == 200
    assert not User.objects.get().has_usable_password()
    link("second")
    for name in ("x" * 151, "a b", "<b>"):
        with pytest.raises(CommandError):
            link(name, "--new")


def test_there_is_no_link_for_an_account_that_is_switched_off() -> None:
    User.objects.create_user("gone", is_active=False)
    with pytest.raises(CommandError, match="switched off"):
        link("gone")


def test_a_person_who_was_deactivated_stays_out(client: Client) -> None:
    path = link()
    User.objects.update(is_active=False)
    assert client.post(path).status_code == 410
