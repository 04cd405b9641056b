"""How a tournament is changed: under its lock, with a note in its diary, and told to onlookers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, Sum

from pushes.services import push_on_commit
from tournaments.models import Change, Tournament

# The push group of those who follow whatever is on, as the overlay: they are told what changed
# where, without numbers.
GROUP = "tournaments"


def locked(tournament_id: str) -> Tournament:
    """Lock the tournament's row for the caller's transaction; raises Tournament.DoesNotExist."""
    return Tournament.objects.select_for_update().get(pk=tournament_id)


def note(
    tournament: Tournament,
    verb: str,
    by: str,
    details: dict[str, Any],
    now: datetime,
    *,
    reason: str = "",
) -> Change:
    """Write into the diary what was done; `by` is "" for what a rule did."""
    return Change.objects.create(
        tournament=tournament, verb=verb, by=by, reason=reason, details=details, at=now
    )


def touch(tournament: Tournament, *what: str) -> None:
    """Number a change and tell pages, sockets and overlays of it, once it is committed.

    Called once, at the end of a transaction that holds the tournament's lock. `what` names the
    documents that changed: `tournament`, `participants`, `draw`, `matches`, `table`, `bracket`.
    """
    Tournament.objects.filter(pk=tournament.pk).update(revision=F("revision") + 1)
    tournament.refresh_from_db(fields=["revision"])
    push_on_commit(
        tournament.group, {"type": "changed", "seq": tournament.revision, "what": sorted(what)}
    )
    push_on_commit(GROUP, {"type": "tournament", "id": tournament.pk, "what": sorted(what)})


def revision_of(tournament_id: str) -> int:
    """Return the revision of a tournament that everybody may see, or 0."""
    shown = Tournament.objects.shown().filter(pk=tournament_id)
    return shown.values_list("revision", flat=True).first() or 0


def latest() -> int:
    """Return a number that grows with every change of any tournament."""
    return Tournament.objects.aggregate(all=Sum("revision"))["all"] or 0
