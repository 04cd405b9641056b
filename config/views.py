"""The front page: where everything is."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config import health


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Staff see how everything is; strangers see only what this is."""
    user = request.user
    return render(
        request,
        "home.html",
        {
            "rehearsal": settings.REHEARSAL,
            "console_url": f"http://localhost:{settings.REHEARSAL_PORT}/",
            "report": health.report() if user.is_authenticated and user.is_staff else None,
        },
    )
