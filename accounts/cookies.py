"""The cookies in which an app on our own site may keep its tokens, out of reach of scripts."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse

from accounts.services.apps import ACCESS_LIFE, REFRESH_LIFE, Tokens

ACCESS, REFRESH = "greenroom_access", "greenroom_refresh"
# The refresh token goes only where it is of use.
REFRESH_PATH = "/api/auth/"


def set_tokens(response: HttpResponse, tokens: Tokens) -> None:
    """Let the browser keep both tokens."""
    _set(response, ACCESS, tokens.access, int(ACCESS_LIFE.total_seconds()), "/")
    _set(response, REFRESH, tokens.refresh, int(REFRESH_LIFE.total_seconds()), REFRESH_PATH)


def clear(response: HttpResponse) -> None:
    """Let the browser forget both."""
    response.delete_cookie(ACCESS, path="/", samesite="Strict")
    response.delete_cookie(REFRESH, path=REFRESH_PATH, samesite="Strict")


def _set(response: HttpResponse, name: str, value: str, seconds: int, path: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
