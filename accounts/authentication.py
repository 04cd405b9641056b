"""Who calls the API: people by their session, their apps by a token, programs by the admin key."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from rest_framework import authentication
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import APIException, AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts import cookies
from accounts.models import AppSession, User
from accounts.services import apps
from accounts.services.apps import BadToken

HEADER = "X-Admin-Key"


class AdminKeyIsOff(APIException):
    status_code = 503
    default_code = "admin_key_off"
    default_detail = "This server has no ADMIN_KEY, so requests by key are switched off."


class AdminKeyHolder:
    """A program that knows the admin key: staff, and no person."""

    pk = None
    is_active = is_authenticated = is_staff = True
    is_anonymous = False

    def get_username(self) -> str:
        return "admin key"

    def has_perm(self, permission: str) -> bool:
        """The key opens everything that the API offers."""
        return True


class AdminKeyAuthentication(BaseAuthentication):
    """Accepts `X-Admin-Key`; a request without that header is left to the other ways."""

    def authenticate(self, request: Request) -> tuple[AdminKeyHolder, None] | None:
        given = request.headers.get(HEADER)
        if given is None:
            return None
        if not settings.ADMIN_KEY:
            raise AdminKeyIsOff
        if not hmac.compare_digest(given.encode(), settings.ADMIN_KEY.encode()):
            raise AuthenticationFailed("The admin key is wrong.", code="wrong_admin_key")
        return AdminKeyHolder(), None

    def authenticate_header(self, request: Request) -> str:
        return HEADER


class AppAuthentication(BaseAuthentication):
    """Accepts a client app's access token: as `Authorization: Bearer …`, or in our cookie.

    A cookie comes by itself, so what changes something needs a CSRF token besides; one that is
    over counts as none, while a bearer token that is over is told so.
    """

    def authenticate(self, request: Request) -> tuple[User, AppSession] | None:
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            try:
                session = apps.session_of(bearer.strip(), now=timezone.now())
            except BadToken as error:
                raise AuthenticationFailed("This token is over.", code="bad_token") from error
            return session.user, session
        try:
            session = apps.session_of(request.COOKIES.get(cookies.ACCESS, ""), now=timezone.now())
        except BadToken:
            return None
        check_csrf(request)
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """Accepts a person's session, with all their rights, from pages of ours only.

    A client app's page may live so near that the browser sends it that cookie, too: it acts by the
    token that the person gave it, or as nobody.
    """

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        origin = request.headers.get("Origin", "")
        if origin in settings.CLIENT_APPS and urlsplit(origin).netloc != request.get_host():
            return None
        return super().authenticate(request)


class _FromApps(CSRFCheck):
    """Lets pages of client apps call, too: they are trusted where a token is, and nowhere else."""

    @cached_property
    def allowed_origins_exact(self) -> set[str]:
        return {*super().allowed_origins_exact, *settings.CLIENT_APPS}


def check_csrf(request: Request) -> None:
    """Raise PermissionDenied, with `csrf`, when what changes something may come from elsewhere."""
    check = _FromApps(lambda _: HttpResponse())
    check.process_request(request._request)
    if check.process_view(request._request, lambda _: HttpResponse(), (), {}):
        raise PermissionDenied("The CSRF token is missing or wrong.", "csrf")
