"""People and the viewers they are; who works here, and who is banned."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.models import User
from twitch.models import Viewer

AN_ADMINISTRATOR = "An administrator cannot be banned: take the rights away first."


class CannotBan(Exception):
    """An administrator cannot be banned: take the rights away first."""


def viewer_of(user: object) -> Viewer | None:
    """Return the viewer that this person is; None for strangers, programs and the unlinked."""
    return user.viewer if isinstance(user, User) else None


def names(usernames: Iterable[str]) -> dict[str, str]:
    """Return what the people of these usernames are called today, as diaries show it."""
    found = User.objects.filter(username__in=set(usernames)).select_related("viewer")
    return {user.username: user.name for user in found}


def backstage() -> QuerySet[User]:
    """Return who works here: staff, and moderators by their role."""
    works = Q(is_staff=True) | Q(groups__isnull=False)
    found = User.objects.filter(works, is_active=True).select_related("viewer")
    return found.order_by("username").distinct()


def may_act(user: User | AnonymousUser) -> bool:
    """Tell whether this person is a viewer who is not banned."""
    return isinstance(user, User) and user.viewer_id is not None and not user.is_banned


def ban(user: User, reason: str) -> None:
    """Let this person read on, but not act; a second ban changes the reason.

    Raises CannotBan for an administrator.
    """
    if user.is_superuser:
        raise CannotBan(AN_ADMINISTRATOR)
    user.is_banned, user.banned_reason = True, reason.strip()
    user.save(update_fields=["is_banned", "banned_reason"])


def unban(user: User) -> None:
    """Let this person act again."""
    user.is_banned, user.banned_reason = False, ""
    user.save(update_fields=["is_banned", "banned_reason"])
