"""The way to Discord on which a person chooses a channel, and back with a webhook for it."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import gate
from accounts.models import User
from watcher.client import oauth
from watcher.services import targets
from watcher.services.targets import TargetRefused

log = structlog.get_logger(__name__)

HOME = "/watch"
# What the session remembers while the person is at Discord.
WAY = "watcher.connect"
WAY_LIFE = timedelta(minutes=15)

CANCELLED = "You said no on Discord, so nothing was added."
STALE = "This was begun elsewhere or is too old: begin anew."
NOT_SET_UP = "Choosing a channel on Discord is not set up here: paste a webhook's address instead."


@never_cache
@require_POST
@gate.signed_in
def begin(request: HttpRequest) -> HttpResponse:
    """Send the person to Discord to choose a channel; `name` is what they want to call it."""
    owner = _owner(request)
    if request.get_host() != urlsplit(settings.PUBLIC_URL).netloc:
        # Discord sends people back to this address only, where the cookie must be.
        return redirect(f"{settings.PUBLIC_URL}{HOME}")
    if not settings.DISCORD_CLIENT_ID or not settings.DISCORD_CLIENT_SECRET:
        return _not_connected(request, 409, NOT_SET_UP)
    try:
        targets.check_room(owner)
    except TargetRefused as refusal:
        return _not_connected(request, 409, refusal.sentence)
    state = secrets.token_urlsafe(32)
    request.session[WAY] = {
        "state": state,
        "owner": owner.pk,
        "name": request.POST.get("name", "")[: targets.LONGEST_NAME],
        "until": (timezone.now() + WAY_LIFE).isoformat(),
    }
    return HttpResponseRedirect(oauth.authorize_url(state, _redirect_uri()))


@never_cache
@require_safe
@gate.signed_in
def callback(request: HttpRequest) -> HttpResponse:
    """Take in what Discord says; only the person and the browser that began can end it here."""
    owner, now = _owner(request), timezone.now()
    way = request.session.pop(WAY, None) or {}
    state = request.GET.get("state", "")
    is_begun_here = hmac.compare_digest(str(way.get("state", "")).encode(), state.encode())
    if not way or not is_begun_here or way["owner"] != owner.pk:
        return _not_connected(request, 400, STALE)
    if datetime.fromisoformat(way["until"]) < now:
        return _not_connected(request, 400, STALE)
    code = request.GET.get("code", "")
    if not code:
        return _not_connected(request, 403, CANCELLED)
    try:
        target = targets.add_connected(owner, code, _redirect_uri(), way["name"], now)
    except TargetRefused as refusal:
        log.warning("watcher.not_connected", why=refusal.code)
        return _not_connected(request, 502, refusal.sentence)
    return redirect(f"{HOME}?connected={target.pk}")


def _owner(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (the gate let them in)
    if request.user.is_banned:
        raise PermissionDenied
    return request.user


def _redirect_uri() -> str:
    """Return the address that is registered at Discord, to the letter."""
    return f"{settings.PUBLIC_URL}{reverse('watch_connected')}"


def _not_connected(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    context = {"rehearsal": settings.REHEARSAL, "sentence": sentence, "home": HOME}
    response = render(request, "watcher/not_connected.html", context, status=status)
    # The callback's own address holds the code.
    response["Referrer-Policy"] = "no-referrer"
    return response
