"""What people may do to what was counted, by hand and on record: count again, or begin anew."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from ulid import ULID

from accounts.models import User
from achievements.models import Change, Definition, HeardFact, Standing
from achievements.models.history import RESET
from achievements.rules import NOTHING
from achievements.services import standings
from twitch.models import Viewer

# A difference: definition, viewer, session.
Difference = tuple[str, str, str]


def differences(viewer_id: str | None = None) -> list[Difference]:
    """Return where standings are not what the history says; they never should be."""
    different = []
    for definition, derived in standings.derive(standings.applied()).items():
        rows = {s.whose: s.state for s in Standing.objects.filter(definition=definition)}
        for whose in sorted(rows.keys() | derived.keys()):
            is_asked_for = viewer_id in (None, whose[0])
            if is_asked_for and rows.get(whose, NOTHING) != derived.get(whose, NOTHING):
                different.append((definition.key, *whose))
    return different


@transaction.atomic
def recount(
    viewer: Viewer | None, *, actor: User | None, actor_name: str, note: str = ""
) -> list[Difference]:
    """Make standings equal to the history, of one viewer or of all; returns what was not so."""
    standings.hold()
    different = differences(viewer.pk if viewer else None)
    for key in {key for key, _, _ in different}:
        standings.recount(standings.applied(key=key))
    Change.objects.create(
        verb=Change.Verb.RECOUNT,
        subject=viewer.pk if viewer else "",
        note=note,
        result={"corrected": len(different)},
        actor=actor,
        actor_name=actor_name,
    )
    return different


@transaction.atomic
def reset(
    viewer: Viewer,
    definitions: list[Definition],
    *,
    now: datetime,
    actor: User | None,
    actor_name: str,
    note: str = "",
) -> int:
    """Count a viewer anew from now on in these achievements; returns how many had been earned.

    The order stands in the history, so that no recount brings back what was before.
    """
    standings.hold()
    keys = sorted(definition.key for definition in definitions)
    HeardFact.objects.create(
        kind=RESET, key=f"reset_{ULID()}", viewer=viewer, at=now, payload={"achievements": keys}
    )
    theirs = Standing.objects.filter(viewer=viewer, definition__in=definitions)
    earned = theirs.filter(earned_at__isnull=False).count()
    theirs.delete()
    # A record, or the first of a session, is somebody else's now.
    standings.recount([d for d in standings.applied(key__in=keys) if d.rule.is_shared])
    Change.objects.create(
        verb=Change.Verb.RESET,
        subject=viewer.pk,
        note=note,
        result={"achievements": keys, "earned": earned},
        actor=actor,
        actor_name=actor_name,
    )
    return earned
