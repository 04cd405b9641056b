"""Who is behind a WebSocket: cookies count on our own pages only, so no other site can listen."""

from __future__ import annotations

from collections.abc import MutableMapping
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from accounts import cookies
from accounts.models import User
from accounts.services import apps
from accounts.services.apps import BadToken

Scope: TypeAlias = MutableMapping[str, Any]


@database_sync_to_async  # type: ignore[untyped-decorator]
def person(scope: Scope) -> User | None:
    """Return who opens this socket; None for strangers. A banned person may still listen."""
    headers = _headers(scope)
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _by_token(bearer.strip())
    if _is_ours(headers):
        return _by_token(_cookie(headers, cookies.ACCESS) or "") or _by_session(headers)
    if headers.get("origin") in settings.CLIENT_APPS:
        return _by_token(_cookie(headers, cookies.ACCESS) or "")
    return None


@database_sync_to_async  # type: ignore[untyped-decorator]
def person_here(scope: Scope) -> User | None:
    """Return who is signed in on the page of ours that opens this socket; an app is nobody."""
    headers = _headers(scope)
    return _by_session(headers) if _is_ours(headers) else None


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _by_token(token: str) -> User | None:
    try:
        return apps.session_of(token, now=timezone.now()).user
    except BadToken:
        return None


def _by_session(headers: dict[str, str]) -> User | None:
    request = HttpRequest()
    engine = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(_cookie(headers, settings.SESSION_COOKIE_NAME))
    user = auth.get_user(request)
    return user if isinstance(user, User) else None


def _cookie(headers: dict[str, str], name: str) -> str | None:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return morsel.value if morsel else None


def _is_ours(headers: dict[str, str]) -> bool:
    """Tell whether the page comes from where the socket goes; another port is another's."""
    try:
        there = urlsplit(headers.get("origin", "")).netloc
    except ValueError:
        return False
    domain, _ = split_domain_port(there)
    return there == headers.get("host") and validate_host(domain, settings.ALLOWED_HOSTS)
