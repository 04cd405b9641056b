"""Who may do what in the studio: rights, and roles that moderators may be given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser, Group, Permission

if TYPE_CHECKING:
    from accounts.models import User

LOOK = "studio.look"
MODERATE_SONGS = "studio.moderate_songs"
SEND_SAMPLES = "studio.send_samples"
SET_UP = "studio.set_up"
DECIDE = "sagas.change_run"
SEE_STEPS = "sagas.view_run"
RIGHTS = (LOOK, MODERATE_SONGS, SEND_SAMPLES, DECIDE, SEE_STEPS, SET_UP)

ROLES = {
    "Song queue moderator": (LOOK, MODERATE_SONGS),
    "Show moderator": (LOOK, MODERATE_SONGS, SEND_SAMPLES),
    "Redemption moderator": (LOOK, DECIDE),
}


def rights(user: User | AnonymousUser) -> frozenset[str]:
    """Return what this person may do here; staff may look, in any case."""
    given = {right for right in RIGHTS if user.has_perm(right)}
    if user.is_active and user.is_staff:
        given.add(LOOK)
    return frozenset(given)


def write(**_: object) -> None:
    """Make the roles that are not there yet; one that the streamer changed stays changed."""
    for name, given in ROLES.items():
        role, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            role.permissions.set([_permission(right) for right in given])


def _permission(right: str) -> Permission:
    app, _, codename = right.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)
