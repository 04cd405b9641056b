"""Who may come in: every page and every button asks for its right here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from studio.services import roles

View = Callable[..., HttpResponse]

# Where Twitch keeps people's pictures, and Spotify the covers.
PICTURES = "https://static-cdn.jtvnw.net https://i.scdn.co https://*.spotifycdn.com"


def needs(right: str) -> Callable[[View], View]:
    """Let in who has this right; others are refused, and strangers asked to sign in."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if right not in roles.rights(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Answer a page of the studio, which runs no script and shows no picture of strangers."""
    whole = {"rehearsal": settings.REHEARSAL, **context}
    response = render(request, template, whole, status=status)
    host = request.get_host()
    response["Content-Security-Policy"] = "; ".join(
        [
            "default-src 'self'",
            f"img-src 'self' data: {PICTURES}{_rehearsed()}",
            f"connect-src 'self' ws://{host} wss://{host}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )
    response["Cache-Control"] = "no-store"
    return response


def _rehearsed() -> str:
    if not settings.REHEARSAL:
        return ""
    parts = urlsplit(settings.SPOTIFY_API_URL)
    return f" {parts.scheme}://{parts.netloc}"
