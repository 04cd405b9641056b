"""Past shows, and the report of each."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from studio.services import report, roles
from studio.views.gate import needs, page
from twitch.models import StreamSession
from twitch.rules.commands import duration


@require_safe
@needs(roles.LOOK)
def shows(request: HttpRequest) -> HttpResponse:
    """List the shows, the newest first."""
    return page(request, "studio/shows.html", {"place": "shows", "shows": report.shows()})


@require_safe
@needs(roles.LOOK)
def show(request: HttpRequest, session_id: str) -> HttpResponse:
    """Show what became of one."""
    session = get_object_or_404(StreamSession, pk=session_id)
    told = report.report(session)
    context = {
        "place": "shows",
        "session": session,
        "report": told,
        "lasted": _words(told["duration_seconds"]),
        "chapters": [(chapter, _words(chapter["seconds"])) for chapter in told["chapters"]],
    }
    return page(request, "studio/show.html", context)


def _words(seconds: int) -> str:
    return duration(timedelta(seconds=seconds))
