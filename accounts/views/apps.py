"""The page on which a person lets a client app act for them, and the way to end that."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import gate
from accounts.models import User
from accounts.services import apps

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
LONGEST = 500


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Ask whether this app may act for the person; yes brings it a code that works once.

    OAuth's authorization code flow with PKCE, for apps at the addresses of CLIENT_APPS. A bad
    request is told to the person: what is not known to be an app's address is not gone to.
    """
    asked = request.GET
    redirect_uri = asked.get("redirect_uri", "")
    origin = apps.origin_of(redirect_uri) if len(redirect_uri) <= LONGEST else None
    if origin is None:
        return _refused(request, "This address is no app's that Greenroom knows (CLIENT_APPS).")
    if asked.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(
        asked.get("code_challenge", "")
    ):
        return _refused(request, "The app has to send an S256 code challenge (PKCE).")
    if len(asked.get("state", "")) > LONGEST:
        return _refused(request, "The app sent a state that is too long.")
    return _decide(request, origin)


@gate.signed_in
def _decide(request: HttpRequest, origin: str) -> HttpResponse:
    assert isinstance(request.user, User)  # noqa: S101 (the gate let them in)
    asked = request.GET
    if request.method != "POST":
        context = {"rehearsal": settings.REHEARSAL, "origin": origin}
        return render(request, "accounts/authorize.html", context)
    redirect_uri, state = asked["redirect_uri"], asked.get("state", "")
    if request.POST.get("decision") != "allow":
        return _back(redirect_uri, {"error": "access_denied", "state": state})
    challenge = asked["code_challenge"]
    code = apps.make_code(request.user, redirect_uri, challenge, now=timezone.now())
    return _back(redirect_uri, {"code": code, "state": state})


@never_cache
@require_POST
@gate.signed_in
def end(request: HttpRequest, session_id: str) -> HttpResponse:
    """Sign the person out of one app."""
    assert isinstance(request.user, User)  # noqa: S101 (the gate let them in)
    apps.end(request.user, session_id)
    return redirect("me")


def _back(redirect_uri: str, more: dict[str, str]) -> HttpResponse:
    parts = urlsplit(redirect_uri)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *more.items()]
    response = HttpResponseRedirect(parts._replace(query=urlencode(query)).geturl())
    response["Referrer-Policy"] = "no-referrer"
    return response


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    context = {"rehearsal": settings.REHEARSAL, "sentence": sentence}
    return render(request, "accounts/not_signed_in.html", context, status=400)
