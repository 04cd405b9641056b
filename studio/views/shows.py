"""Past shows, and the report of each."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from studio.services import report, roles
from studio.views.gate import needs, page
from twitch.models import StreamSession
from twitch.rules.commands import duration

ON_A_PAGE = 50


@require_safe
@needs(roles.LOOK)
def shows(request: HttpRequest) -> HttpResponse:
    """List the shows, the newest first, page by page."""
    shown = Paginator(report.shows(), ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [
        (show, duration(show.ended_at - show.started_at) if show.ended_at else "") for show in shown
    ]
    context = {"place": "shows", "shows": rows, "shown": shown}
    return page(request, "studio/shows.html", context)


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
