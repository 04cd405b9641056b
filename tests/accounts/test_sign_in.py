from __future__ import annotations

from datetime import timedelta
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import SignInLink, User
from accounts.services import links

pytestmark = pytest.mark.django_db


def link() -> str:
    out = StringIO()
    call_command("sign_in_link", stdout=out)
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


def test_a_person_who_was_deactivated_stays_out(client: Client) -> None:
    path = link()
    User.objects.update(is_active=False)
    assert client.post(path).status_code == 410
