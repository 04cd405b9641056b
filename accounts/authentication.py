"""Who calls the API: staff by their session, programs by the admin key."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView

HEADER = "X-Admin-Key"


class AdminKeyIsOff(APIException):
    status_code = 503
    default_code = "admin_key_off"
    default_detail = "This server has no ADMIN_KEY, so requests by key are switched off."


class AdminKeyHolder(AnonymousUser):
    """A program that knows the admin key."""

    is_staff = True
    username = "admin key"

    @property
    def is_authenticated(self) -> bool:  # type: ignore[override]
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


class IsStaff(BasePermission):
    """Staff by session, or a program with the admin key."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user.is_authenticated and request.user.is_staff)
