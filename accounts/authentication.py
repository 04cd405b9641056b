"""Who calls the API: staff by their session, programs by the admin key."""

from __future__ import annotations

import hmac

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.request import Request

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
