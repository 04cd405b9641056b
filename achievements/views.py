"""The page about one viewer."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from achievements.services import people, profile


@require_safe
def viewer(request: HttpRequest, name: str) -> HttpResponse:
    """Show a viewer's achievements, songs and rolls; 404 for one who is unknown or hides."""
    found = people.find_shown(name)
    if found is None:
        raise Http404
    return render(
        request,
        "achievements/viewer.html",
        {"profile": profile.of_viewer(found), "rehearsal": settings.REHEARSAL},
    )
