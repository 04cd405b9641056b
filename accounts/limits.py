"""How often one address may try something: counted in the cache, a minute at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

log = structlog.get_logger(__name__)

View = Callable[..., HttpResponse]

WINDOW = 60


def is_too_much(request: HttpRequest, what: str, most: int) -> bool:
    """Count one try of this address within this minute; tell whether there are more than `most`.

    Without a cache nothing is counted: signing in matters more than counting.
    """
    key = f"limit:{what}:{address(request)}:{int(time.time()) // WINDOW}"
    try:
        cache.add(key, 0, WINDOW)
        return cache.incr(key) > most
    except ValueError:
        return False  # The minute ended in between.
    except Exception as error:
        log.warning("accounts.not_counted", error=type(error).__name__)
        return False


def limited(what: str, most: int) -> Callable[[View], View]:
    """Let each address use this page so often a minute; then it is told to wait: 429."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not is_too_much(request, what, most):
                return view(request, *args, **kwargs)
            context = {
                "rehearsal": settings.REHEARSAL,
                "sentence": "Wait a minute, then try again.",
            }
            response = render(request, "accounts/not_signed_in.html", context, status=429)
            response["Retry-After"] = str(WINDOW)
            return response

        return guarded

    return guard


def address(request: HttpRequest) -> str:
    """Return who calls: behind a trusted proxy whom it names last, as nobody else can set that."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    named = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return named if settings.SECURE_PROXY_SSL_HEADER and named else peer
