"""What follows when allauth has proven who somebody is, or could not."""

from __future__ import annotations

from typing import Any

import structlog
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User
from accounts.services import signing
from accounts.services.signing import Identity, NotSignedIn

log = structlog.get_logger(__name__)

# What is told, and with which status, by why nobody was signed in.
CANCELLED = (403, "You said no over there, so nothing happened.")
STALE = (400, "This sign-in was begun elsewhere or is too old: begin anew.")
AWAY = (503, "{provider} does not answer: try again in a moment.")
REFUSED = (502, "{provider} did not confirm who you are: begin anew.")


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Leads every sign-in from allauth's callback to our own accounts."""

    def list_apps(
        self, request: HttpRequest | None, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the providers that the settings know; none is ever in a table."""
        return [
            SocialApp(provider=name, **app)
            for name, app in settings.SIGN_IN_APPS.items()
            if provider in (None, name) and client_id in (None, app["client_id"])
        ]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Sign the person in, or link the identity, and go on: before allauth's own pages."""
        identity = _identity(sociallogin)
        is_link = sociallogin.state.get("process") == AuthProcess.CONNECT
        try:
            if is_link and isinstance(request.user, User):
                signing.link(request.user, identity, now=timezone.now())
            else:
                user = signing.sign_in(identity, now=timezone.now())
                login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        except NotSignedIn as refusal:
            log.warning("accounts.not_signed_in", provider=identity.provider, why=refusal.code)
            raise ImmediateHttpResponse(not_signed_in(request, 409, refusal.sentence)) from refusal
        raise ImmediateHttpResponse(HttpResponseRedirect(sociallogin.state.get("next") or "/"))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Say what went wrong; neither the code nor what the provider said is logged."""
        has_state = bool((extra_context or {}).get("state"))
        if error == AuthError.CANCELLED and has_state:
            status, sentence = CANCELLED
        elif isinstance(exception, OSError):
            status, sentence = AWAY
        else:
            status, sentence = REFUSED if has_state else STALE
        log.warning("accounts.not_signed_in", provider=provider.id, why=type(exception).__name__)
        answer = not_signed_in(request, status, sentence.format(provider=provider.name))
        raise ImmediateHttpResponse(answer)


def not_signed_in(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """Answer the page that says why nobody was signed in."""
    context = {"rehearsal": settings.REHEARSAL, "sentence": sentence}
    response = render(request, "accounts/not_signed_in.html", context, status=status)
    # The callback's own address holds the code.
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


def _identity(sociallogin: SocialLogin) -> Identity:
    account = sociallogin.account
    return Identity(account.provider, account.uid, **account.extra_data)
