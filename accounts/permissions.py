"""Who may use an endpoint of the API, beyond staff."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import AppSession, User


def person(request: Request) -> User:
    """Return who is signed in, behind one of the permissions below; raises as they do."""
    if not request.user.is_authenticated:
        raise NotAuthenticated("Sign in first.", "not_signed_in")
    if not isinstance(request.user, User):
        raise PermissionDenied("The admin key is nobody: sign in as a person.", "no_viewer")
    return request.user


class IsStaff(BasePermission):
    """Staff by their session, or the admin key: a client app never acts with a person's rights."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.user.is_staff and not by_app(request)


def by_app(request: Request) -> bool:
    """Tell whether a client app calls, for somebody."""
    return isinstance(request.auth, AppSession)


class IsSignedIn(BasePermission):
    """A person; a program with the admin key is none.

    Refuses with 401 `not_signed_in`, or with 403 `no_viewer` for a program.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        person(request)
        return True


class IsViewer(IsSignedIn):
    """A person who is linked to a viewer of the channel; refuses with 403 `no_viewer`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        super().has_permission(request, view)
        if person(request).viewer_id is None:
            raise PermissionDenied("Sign in with Twitch, so that we know who you are.", "no_viewer")
        return True


class MayAct(IsViewer):
    """A viewer who is not banned; refuses with 403 `banned`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        super().has_permission(request, view)
        if person(request).is_banned:
            raise PermissionDenied("You may look, but not take part.", "banned")
        return True


def Rights(*rights: str) -> type[BasePermission]:  # noqa: N802 (it makes a class)
    """Make the permission of those who have all these rights, as moderators by their role.

    The admin key has every right. Refuses with 401 `not_signed_in` or 403 `no_right`.
    """

    class HasRights(BasePermission):
        def has_permission(self, request: Request, view: Any) -> bool:
            if not request.user.is_authenticated:
                raise NotAuthenticated("Sign in first.", "not_signed_in")
            if by_app(request) or not all(request.user.has_perm(right) for right in rights):
                raise PermissionDenied("Your role does not allow this.", "no_right")
            return True

    return HasRights
