"""The page about one viewer, and whether they want to be shown."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import gate
from accounts.services.people import viewer_of
from achievements.services import hiding, profile
from points.services import people


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


@require_POST
@gate.signed_in
def visibility(request: HttpRequest) -> HttpResponse:
    """Hide the person who asks from others, or show them again; a banned one may do so, too."""
    asking = viewer_of(request.user)
    if asking is not None:
        wish = hiding.show if request.POST.get("shown") == "yes" else hiding.hide
        wish(asking)
    return redirect("me")
