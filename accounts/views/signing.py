"""The page on which people choose how to sign in, the way to the provider and back, and out."""

from __future__ import annotations

from urllib.parse import urlsplit

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.limits import limited

# Ways to sign in are tried so often a minute from one address, behind which may be many people.
MOST = 60


@never_cache
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """Offer the ways to sign in; who is signed in already goes where they wanted to."""
    if request.get_host() != urlsplit(settings.PUBLIC_URL).netloc:
        # The providers send people back to this address only, where the cookie must be.
        return redirect(f"{settings.PUBLIC_URL}{request.get_full_path()}")
    there = next_page(request.GET.get("next", ""))
    if request.user.is_authenticated:
        return redirect(there)
    context = {
        "rehearsal": settings.REHEARSAL,
        "next": there,
        "providers": [(name, app["name"]) for name, app in settings.SIGN_IN_APPS.items()],
    }
    return render(request, "accounts/sign_in.html", context)


@never_cache
@require_POST
@limited("sign-in", MOST)
def begin(request: HttpRequest, provider: str) -> HttpResponse:
    """Send somebody to the provider: to sign in, or to link what they are called there."""
    _check(provider)
    process = AuthProcess.CONNECT if request.user.is_authenticated else AuthProcess.LOGIN
    there = next_page(request.POST.get("next", ""))
    authority = get_adapter(request).get_provider(request, provider)
    response: HttpResponse = authority.redirect(request, process=process, next_url=there)
    return response


@never_cache
@require_safe
@limited("sign-in-callback", MOST)
def callback(request: HttpRequest, provider: str) -> HttpResponse:
    """Take in what the provider says; only the browser that began can end it here."""
    _check(provider)
    authority = get_adapter(request).get_provider(request, provider)
    view = OAuth2CallbackView.adapter_view(authority.oauth2_adapter_class)
    response: HttpResponse = view(request)
    return response


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this browser's session."""
    logout(request)
    return redirect("home")


def next_page(there: str) -> str:
    """Return the page of ours that is asked for; the front page for anything else."""
    is_ours = there.startswith("/") and url_has_allowed_host_and_scheme(there, allowed_hosts=None)
    return there if is_ours else "/"


def _check(provider: str) -> None:
    if provider not in settings.SIGN_IN_APPS:
        raise Http404
