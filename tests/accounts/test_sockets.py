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

HERE, APP = "http://localhost:8000", "https://app.example.org"


@pytest.fixture
def ada(db: None, settings: LazySettings) -> User:
    settings.CLIENT_APPS = [APP]
    return User.objects.create_user("ada")


def scope(**headers: str) -> dict[str, Any]:
    return {"headers": [(name.encode(), value.encode()) for name, value in headers.items()]}


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
    for origin in ("https://evil.test", APP, "null", ""):
        assert who(cookie=cookie, origin=origin) is None
    assert who(cookie=cookie) is None


def test_an_apps_token_counts_as_bearer_anywhere(ada: User, token: str) -> None:
    assert who(authorization=f"Bearer {token}") == ada
    assert who(authorization="Bearer nonsense") is None
    assert who(authorization=f"Basic {token}") is None


def test_an_apps_cookie_counts_on_its_pages_and_ours(ada: User, token: str) -> None:
    cookie = f"greenroom_access={token}"
    assert who(cookie=cookie, origin=APP) == ada
    assert who(cookie=cookie, origin=HERE) == ada
    assert who(cookie=cookie, origin="https://evil.test") is None


def test_strangers_and_nonsense_are_nobody(ada: User) -> None:
    for headers in ({}, {"origin": HERE}, {"origin": HERE, "cookie": "\x00;=;sessionid=x"}):
        assert who(**headers) is None
    assert who(origin="http://[", cookie="sessionid=x") is None


def test_the_banned_may_listen(ada: User, cookie: str) -> None:
    User.objects.update(is_banned=True)
    assert who(cookie=cookie, origin=HERE) == ada
