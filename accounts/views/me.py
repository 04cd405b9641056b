"""One's own page: what is known, to take along, and to delete."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import gate, registry
from accounts.models import User
from accounts.registry import Own, Personal, StillNeeded
from accounts.services import apps, forgetting, me, signing


@never_cache
@require_safe
@gate.signed_in
def page(request: HttpRequest) -> HttpResponse:
    """Show every app's section about the person who asks."""
    user = _person(request)
    linked = {identity["provider"] for identity in me.identities(user)}
    context = {
        "rehearsal": settings.REHEARSAL,
        "identities": me.identities(user),
        "unlinkable": signing.unlinkable(user),
        "apps": apps.sessions(user),
        "linkable": [
            (name, app["name"]) for name, app in settings.SIGN_IN_APPS.items() if name not in linked
        ],
        "sections": _sections(user, request),
    }
    return render(request, "accounts/me.html", context)


@never_cache
@require_POST
@gate.signed_in
def unlink(request: HttpRequest, provider: str) -> HttpResponse:
    """Part the account from what its person is called there, where that may be."""
    signing.unlink(_person(request), provider)
    return redirect("me")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@gate.signed_in
def delete(request: HttpRequest) -> HttpResponse:
    """Say what goes and what stays; the typed name deletes."""
    user = _person(request)
    context = {"rehearsal": settings.REHEARSAL, "word": user.name}
    if request.method != "POST":
        return render(request, "accounts/delete.html", context)
    if request.POST.get("word", "").strip() != user.name:
        return render(request, "accounts/delete.html", {**context, "is_wrong": True}, status=400)
    try:
        forgetting.forget(user)
    except StillNeeded as refusal:
        context["refusal"] = str(refusal)
        return render(request, "accounts/delete.html", context, status=409)
    logout(request)
    return redirect("gone")


@require_safe
def gone(request: HttpRequest) -> HttpResponse:
    """Say goodbye to who has left."""
    return render(request, "accounts/gone.html", {"rehearsal": settings.REHEARSAL})


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (the gate let them in)
    return request.user


def _sections(user: User, request: HttpRequest) -> list[tuple[Personal | Own, SafeString]]:
    """Return what each app shows, those of a viewer first, and without those that show nothing."""
    shown: list[tuple[Personal | Own, SafeString]] = []
    if (viewer := user.viewer) is not None:
        for each in registry.sections():
            context = {"viewer": viewer, **each.section.read(viewer)}
            shown.append((each, render_to_string(each.section.template, context, request)))
    for own in registry.own_sections():
        context = dict(own.section.read(user))
        if context:
            shown.append((own, render_to_string(own.section.template, context, request)))
    return shown
