"""The pages on which accounts are connected, whatever the provider."""

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

from tokens import registry, services
from tokens.registry import Provider, UnusableAddress

log = structlog.get_logger(__name__)

STATUSES = {
    "state_rejected": 400,
    "code_rejected": 400,
    "access_denied": 403,
    "wrong_account": 409,
    "unavailable": 503,
}
NOT_STORED = "The connection could not be stored. Nothing was changed: begin anew in a moment."


def redirect_uri(provider: str) -> str:
    """Return the address that must be registered at the provider, to the letter.

    Raises UnusableAddress when the provider would not send anybody back to us.
    """
    home = registry.find(provider).home(settings.PUBLIC_URL)
    return f"{home}{reverse('tokens:callback', args=[provider])}"


@never_cache
@staff_member_required
@permission_required("tokens.change_token", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest, provider: str, role: str) -> HttpResponse:
    """Say what will be asked for and why; a click leads to the provider."""
    authority = _find(provider)
    if role not in authority.roles:
        raise Http404
    try:
        back = redirect_uri(provider)
    except UnusableAddress as error:
        return _not_connected(request, authority, 409, "unusable_address", str(error))
    if request.method == "POST":
        return HttpResponseRedirect(services.begin_authorization(provider, role, back))
    scopes = authority.roles[role].scopes
    granted = set(scopes) - set(services.missing_scopes(provider, role))
    context = {
        "provider": authority,
        "role": authority.roles[role],
        "connection": next(
            c for c in services.connections() if (c.provider, c.role) == (provider, role)
        ),
        "scopes": [(why, scope, scope in granted) for scope, why in scopes.items()],
        "redirect_uri": back,
        "missing_settings": [
            name for name in authority.needed_settings if not getattr(settings, name)
        ],
    }
    return _page(request, "tokens/connect.html", context, 200)


@never_cache
@require_safe
def callback(request: HttpRequest, provider: str) -> HttpResponse:
    """Take in the provider's answer; the state that it brings is trusted: nobody need sign in."""
    authority = _find(provider)
    answer = request.GET
    try:
        token = services.finish_authorization(
            provider,
            answer.get("state", ""),
            answer.get("code", ""),
            redirect_uri(provider),
            error=answer.get("error", ""),
        )
    except services.AuthorizationFailed as failure:
        log.warning("token.not_connected", provider=provider, code_of_failure=failure.code)
        status = STATUSES[failure.code]
        return _not_connected(request, authority, status, failure.code, failure.sentence)
    except UnusableAddress as error:
        return _not_connected(request, authority, 409, "unusable_address", str(error))
    except Exception:
        log.exception("token.not_connected", provider=provider, code_of_failure="not_stored")
        return _not_connected(request, authority, 503, "not_stored", NOT_STORED)
    context = {
        "provider": authority,
        "token": token,
        "role": authority.roles[token.role],
        "missing": services.missing_scopes(provider, token.role),
        "others": [
            c for c in services.connections() if c.state in ("not_connected", "reconnect_needed")
        ],
    }
    return _page(request, "tokens/connected.html", context, 200)


def _find(provider: str) -> Provider:
    try:
        return registry.find(provider)
    except KeyError:
        raise Http404 from None


def _not_connected(
    request: HttpRequest, provider: Provider, status: int, code: str, sentence: str
) -> HttpResponse:
    context = {"provider": provider, "code": code, "sentence": sentence}
    return _page(request, "tokens/not_connected.html", context, status)


def _page(
    request: HttpRequest, template: str, context: Mapping[str, object], status: int
) -> HttpResponse:
    # The callback may have come to another name of ours, at which nobody is signed in.
    whole = {"rehearsal": settings.REHEARSAL, "home": settings.PUBLIC_URL, **context}
    response = render(request, template, whole, status=status)
    # A callback's own address holds the code.
    response["Referrer-Policy"] = "no-referrer"
    return response
