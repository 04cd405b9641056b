"""Who may open a page: strangers are asked to sign in, and come back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.services import people

View = Callable[..., HttpResponse]

SAFE = ("GET", "HEAD")


def signed_in(view: View) -> View:
    """Let people in who are signed in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(_way_back(request), "sign_in")
        return view(request, *args, **kwargs)

    return guarded


def may_act(view: View) -> View:
    """Let viewers in who are signed in and not banned; others are told why not."""

    @signed_in
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not people.may_act(request.user):
            context = {"rehearsal": settings.REHEARSAL, "next": _way_back(request)}
            return render(request, "accounts/may_not_act.html", context, status=403)
        return view(request, *args, **kwargs)

    return guarded


def _way_back(request: HttpRequest) -> str:
    """Return the page to come back to: a form's own address is none."""
    if request.method in SAFE:
        return request.get_full_path()
    origin = urlsplit(request.headers.get("Referer", ""))
    return origin.path if origin.netloc == request.get_host() else "/"
