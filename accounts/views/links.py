"""Signing in by a link that works once."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.services import links


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def use(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask for a click before the link is used up: a preview of the address must not burn it."""
    if request.method != "POST":
        return render(request, "accounts/link.html")
    user = links.use_sign_in_link(secret, now=timezone.now())
    if user is None:
        return render(request, "accounts/link.html", {"is_used_up": True}, status=410)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(settings.LOGIN_REDIRECT_URL)
