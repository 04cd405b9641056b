"""People who sign in with Twitch, as a browser does it."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client

SignIn = Callable[..., Client]


class _Stay(HTTPRedirectHandler):
    """Shows where a redirect leads to instead of going there."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None

    def http_error_302(self, request, answer, code, message, headers):  # type: ignore[no-untyped-def]
        return answer


def consent(authorize_url: str, login: str, decision: str = "authorize") -> str:
    """Decide on the provider's page as that person; return the address that they are sent to."""
    page, query = authorize_url.split("?", 1)
    form = {**dict(parse_qsl(query)), "login": login, "decision": decision}
    request = Request(page, urlencode(form).encode(), method="POST")
    with build_opener(_Stay()).open(request, timeout=10) as answer:
        return str(answer.headers["Location"])


def path(address: str) -> str:
    """Return the address without its host."""
    return re.sub(r"^https?://[^/]+", "", address)


@pytest.fixture
def home(settings: LazySettings) -> str:
    """Where people come back to, which is where Django's test client is."""
    settings.PUBLIC_URL = "http://testserver"
    return str(settings.PUBLIC_URL)


@pytest.fixture
def sign_in(db: None, rehearsal_url: str, settings: LazySettings) -> SignIn:
    """Signs a viewer of the rehearsal in."""
    settings.PUBLIC_URL = "http://localhost"
    cache.clear()  # Of what other tests tried from this address.

    def sign_in(login: str, client: Client | None = None, there: str = "/") -> Client:
        client = client or Client(SERVER_NAME="localhost")
        begun = client.post("/sign-in/with/twitch", {"next": there})
        assert begun.status_code == 302, begun.content
        back = consent(begun.headers["Location"], login)
        assert urlsplit(back).path == "/accounts/twitch/login/callback/"
        ended = client.get(path(back))
        assert ended.status_code == 302, ended.content
        assert ended.headers["Location"] == there
        return client

    return sign_in
