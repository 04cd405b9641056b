"""Who may do what in the studio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser

if TYPE_CHECKING:
    from accounts.models import User

LOOK = "studio.look"
MODERATE_SONGS = "studio.moderate_songs"
SEND_SAMPLES = "studio.send_samples"
SET_UP = "studio.set_up"
DECIDE = "sagas.change_run"
SEE_STEPS = "sagas.view_run"
RIGHTS = (LOOK, MODERATE_SONGS, SEND_SAMPLES, DECIDE, SEE_STEPS, SET_UP)
# What nobody is given here: it comes with being staff.
BACKSTAGE = "admin.backstage"


def rights(user: User | AnonymousUser) -> frozenset[str]:
    """Return what this person may do here; staff may look, in any case, and go backstage."""
    given = {right for right in RIGHTS if user.has_perm(right)}
    if user.is_active and user.is_staff:
        given |= {LOOK, BACKSTAGE}
    return frozenset(given)
