"""The pages on which the broadcaster and the bot are connected."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from django.conf import settings
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tokens import services as tokens
from twitch.client.oauth import ROLES

log = structlog.get_logger(__name__)

STATUSES = {
    "state_rejected": 400,
    "code_rejected": 400,
    "access_denied": 403,
    "wrong_account": 409,
    "unavailable": 503,
}
NOT_STORED = "The connection could not be stored. Nothing was changed: begin anew in a moment."


def redirect_uri() -> str:
    """Return the address that must be registered at Twitch, to the letter."""
    return f"{settings.PUBLIC_URL}{reverse('twitch:callback')}"


@never_cache
@staff_member_required
@permission_required("tokens.change_token", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest, role: str) -> HttpResponse:
    """Say what will be asked for and why; a click leads to Twitch."""
    if role not in ROLES:
        raise Http404
    if request.method == "POST":
        return HttpResponseRedirect(tokens.begin_authorization("twitch", role, redirect_uri()))
    connection = next(c for c in tokens.connections() if (c.provider, c.role) == ("twitch", role))
    granted = set(ROLES[role].scopes) - set(tokens.missing_scopes("twitch", role))
    return render(
        request,
        "twitch/connect.html",
        {
            "rehearsal": settings.REHEARSAL,
            "role": ROLES[role],
            "connection": connection,
            "scopes": [(why, scope, scope in granted) for scope, why in ROLES[role].scopes.items()],
            "redirect_uri": redirect_uri(),
            "is_configured": bool(settings.TWITCH_CLIENT_ID and settings.TWITCH_CLIENT_SECRET),
        },
    )


@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Take in Twitch's answer; the state that it brings is trusted, so no sign-in is needed."""
    answer = request.GET
    try:
        token = tokens.finish_authorization(
            "twitch",
            answer.get("state", ""),
            answer.get("code", ""),
            redirect_uri(),
            error=answer.get("error", ""),
        )
    except tokens.AuthorizationFailed as failure:
        log.warning("twitch.not_connected", code_of_failure=failure.code)
        return _result(request, STATUSES[failure.code], failure.code, failure.sentence)
    except Exception:
        log.exception("twitch.not_connected", code_of_failure="not_stored")
        return _result(request, 503, "not_stored", NOT_STORED)
    missing = tokens.missing_scopes("twitch", token.role)
    context = {"token": token, "role": ROLES[token.role], "missing": missing}
    return _page(request, "twitch/connected.html", context, 200)


def _result(request: HttpRequest, status: int, code: str, sentence: str) -> HttpResponse:
    context = {"code": code, "sentence": sentence, "roles": ROLES}
    return _page(request, "twitch/not_connected.html", context, status)


def _page(
    request: HttpRequest, template: str, context: Mapping[str, object], status: int
) -> HttpResponse:
    response = render(
        request, template, {"rehearsal": settings.REHEARSAL, **context}, status=status
    )
    # The page's own address holds the code.
    response["Referrer-Policy"] = "no-referrer"
    return response
