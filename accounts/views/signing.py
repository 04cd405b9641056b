"""The page on which people choose how to sign in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """Offer the ways to sign in; who is signed in already goes where they wanted to."""
    there = next_page(request)
    if request.user.is_authenticated:
        return redirect(there)
    context = {"rehearsal": settings.REHEARSAL, "next": there}
    return render(request, "accounts/sign_in.html", context)


def next_page(request: HttpRequest) -> str:
    """Return the page of ours that is asked for as `next`; the front page otherwise."""
    there = request.GET.get("next", "")
    return there if url_has_allowed_host_and_scheme(there, allowed_hosts=None) else "/"
