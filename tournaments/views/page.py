"""How a page of tournaments is answered: what it may load, and what every page knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Answer a page that is about whoever asks for it, and runs no script of strangers."""
    whole = {"rehearsal": settings.REHEARSAL, **context}
    response = render(request, template, whole, status=status)
    host = request.get_host()
    response["Content-Security-Policy"] = "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            f"connect-src 'self' ws://{host} wss://{host}",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )
    response["Cache-Control"] = "private, no-cache"
    return response
