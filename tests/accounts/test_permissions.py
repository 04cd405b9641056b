"""Who may act, and what everybody else is told."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import gate
from accounts.authentication import AdminKeyHolder
from accounts.models import AppSession, User
from accounts.permissions import IsSignedIn, IsStaff, IsViewer, MayAct, Rights
from accounts.services import people
from twitch.models import Viewer

pytestmark = pytest.mark.django_db
Moderates = Rights("studio.moderate_songs")


def someone(who: str) -> object:
    if who == "nobody":
        return AnonymousUser()
    if who == "key":
        return AdminKeyHolder()
    viewer = Viewer.objects.create(pk="1", login="ada") if who != "unlinked" else None
    user = User.objects.create_user(who, viewer=viewer, is_banned="banned" in who)
    if "moderator" in who:
        user.user_permissions.set(Permission.objects.filter(codename="moderate_songs"))
    return user


def answer(permission: type[BasePermission], user: object, auth: object = None) -> str:
    request = Request(HttpRequest())
    request.user, request.auth = user, auth  # type: ignore[assignment]
    try:
        return "yes" if permission().has_permission(request, None) else "no"  # type: ignore[arg-type]
    except APIException as refusal:
        codes = refusal.get_codes()
        assert isinstance(codes, str)
        return codes


WHO = ("nobody", "key", "unlinked", "viewer", "banned viewer", "moderator", "banned moderator")


@pytest.mark.parametrize(
    ("permission", "answers"),
    [
        (IsSignedIn, ("not_signed_in", "no_viewer", "yes", "yes", "yes", "yes", "yes")),
        (IsViewer, ("not_signed_in", "no_viewer", "no_viewer", "yes", "yes", "yes", "yes")),
        (MayAct, ("not_signed_in", "no_viewer", "no_viewer", "yes", "banned", "yes", "banned")),
        (
            Moderates,
            ("not_signed_in", "yes", "no_right", "no_right", "no_right", "yes", "no_right"),
        ),
        (IsStaff, ("no", "yes", "no", "no", "no", "no", "no")),
    ],
)
def test_each_gets_the_answer_that_is_theirs(
    permission: type[BasePermission], answers: tuple[str, ...]
) -> None:
    given = []
    for who in WHO:
        given.append(answer(permission, someone(who)))
        User.objects.all().delete()
        Viewer.objects.all().delete()
    assert tuple(given) == answers


def test_an_app_never_moderates() -> None:
    moderator = someone("moderator")
    assert answer(Moderates, moderator, AppSession()) == "no_right"
    assert answer(MayAct, moderator, AppSession()) == "yes"


def test_an_administrator_cannot_be_banned() -> None:
    with pytest.raises(people.CannotBan):
        people.ban(User.objects.create_superuser("streamer"), "why not")


@gate.may_act
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


def ask(user: object, method: str = "GET", **headers: str) -> HttpResponse:
    request = RequestFactory().generic(method, "/page?a=1", headers=headers)
    request.user = user  # type: ignore[assignment]
    return page(request)


def test_a_page_lets_viewers_in_and_sends_strangers_to_sign_in() -> None:
    assert ask(someone("viewer")).content == b"in"
    assert ask(AnonymousUser()).headers["Location"] == "/sign-in?next=/page%3Fa%3D1"


def test_who_pressed_a_button_comes_back_to_its_page() -> None:
    answer = ask(AnonymousUser(), "POST", Referer="http://testserver/matches/1?x")
    assert answer.headers["Location"] == "/sign-in?next=/matches/1"
    answer = ask(AnonymousUser(), "POST", Referer="https://evil.test/")
    assert answer.headers["Location"] == "/sign-in?next=/"


def test_the_banned_and_the_unlinked_are_told_why_not() -> None:
    banned = someone("banned viewer")
    assert isinstance(banned, User)
    banned.banned_reason = "<b>rude</b>"
    answer = ask(banned)
    assert answer.status_code == 403
    assert b"&lt;b&gt;rude" in answer.content
    unlinked = ask(someone("unlinked"))
    assert unlinked.status_code == 403
    assert b"Sign in with Twitch" in unlinked.content
