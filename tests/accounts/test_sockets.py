"""Who is behind a WebSocket."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from accounts import sockets
from accounts.models import AppSession, User
from accounts.services import apps

pytestmark = pytest.mark.django_db(transaction=True)

HOST, HERE, APP = "localhost:8000", "http://localhost:8000", "https://app.example.org"
NEXT_DOOR = "http://localhost:3000"


@pytest.fixture
def ada(db: None, settings: LazySettings) -> User:
    settings.CLIENT_APPS = [APP, NEXT_DOOR]
    return User.objects.create_user("ada")


def scope(**headers: str) -> dict[str, Any]:
    sent = {"host": HOST, **headers}
    return {"headers": [(name.encode(), value.encode()) for name, value in sent.items()]}


def session(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


def access(user: User) -> str:
    now = timezone.now()
    row = AppSession.objects.create(user=user, origin=APP, expires_at=now + apps.REFRESH_LIFE)
    return apps._tokens(row, now).access


def who(**headers: str) -> User | None:
    found: User | None = async_to_sync(sockets.person)(scope(**headers))
    return found


@pytest.fixture
def cookie(ada: User) -> str:
    return session(ada)


@pytest.fixture
def token(ada: User) -> str:
    return access(ada)


def test_a_session_counts_on_our_own_pages_only(ada: User, cookie: str) -> None:
    assert who(cookie=cookie, origin=HERE) == ada
    others = ("https://evil.test", APP, NEXT_DOOR, "http://localhost:3001", "null", "")
    for origin in others:
        assert who(cookie=cookie, origin=origin) is None, origin
    assert who(cookie=cookie) is None
    # Who names another host as ours is not believed.
    assert who(cookie=cookie, origin="https://evil.test", host="evil.test") is None


def test_an_apps_token_counts_as_bearer_anywhere(ada: User, token: str) -> None:
    assert who(authorization=f"Bearer {token}") == ada
    assert who(authorization="Bearer nonsense") is None
    assert who(authorization=f"Basic {token}") is None


def test_an_apps_cookie_counts_on_its_pages_and_ours(ada: User, token: str) -> None:
    cookie = f"greenroom_access={token}"
    for origin in (APP, NEXT_DOOR):
        assert who(cookie=cookie, origin=origin) == ada
    assert who(cookie=cookie, origin=HERE) == ada
    assert who(cookie=cookie, origin="https://evil.test") is None


def test_where_no_app_may_be_only_a_session_counts(ada: User, cookie: str, token: str) -> None:
    def here(**headers: str) -> User | None:
        found: User | None = async_to_sync(sockets.person_here)(scope(**headers))
        return found

    assert here(cookie=cookie, origin=HERE) == ada
    assert here(cookie=cookie, origin=NEXT_DOOR) is None
    assert here(cookie=f"greenroom_access={token}", origin=HERE) is None
    assert here(authorization=f"Bearer {token}", origin=HERE) is None


def test_strangers_and_nonsense_are_nobody(ada: User) -> None:
    for headers in ({}, {"origin": HERE}, {"origin": HERE, "cookie": "\x00;=;sessionid=x"}):
        assert who(**headers) is None
    assert who(origin="http://[", cookie="sessionid=x") is None


def test_the_banned_may_listen(ada: User, cookie: str) -> None:
    User.objects.update(is_banned=True)
    assert who(cookie=cookie, origin=HERE) == ada
