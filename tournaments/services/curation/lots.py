"""Lots of the selection: who fills the places that nobody chose, and the order of who waits.

The secret was committed to when the tournament was made; it is shown with the roster.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from sagas.flow import Refused
from tournaments.models import Drawing, Registration, Tournament
from tournaments.rules import selection
from tournaments.services import changes
from tournaments.services.curation import draft


@transaction.atomic
def fill(tournament_id: str, *, by: str, now: datetime) -> list[Registration]:
    """Fill the places that are left by lot; returns who got one, in the order of lots.

    Everybody who registered and is not passed over takes part. Lots never change, so filling again
    after somebody was chosen or left lets in only who is next. Raises Refused as `locked_draft`, or
    when no place is left.
    """
    tournament = draft.locked_draft(tournament_id)
    there = draft.candidates(tournament)
    places = tournament.max_participants - there.filter(is_chosen=True).count()
    if places <= 0:
        raise Refused("roster_full", "Every place is taken.")
    pool = list(there.filter(is_chosen=False, is_passed_over=False))
    lucky = in_lot_order(tournament, pool)[:places]
    draft.add(lucky, after=draft.newest_seed(tournament), by_lot=True)
    for registration in lucky:
        registration.updated_at = now
    Registration.objects.bulk_update(lucky, ["is_chosen", "is_chosen_by_lot", "seed", "updated_at"])
    details = {"places": places, "pool": len(pool), "drawn": [it.pk for it in lucky]}
    changes.note(tournament, "filled_by_lot", by, details, now)
    return lucky


def in_lot_order(
    tournament: Tournament,
    registrations: Iterable[Registration],
    purpose: Drawing.Purpose = Drawing.Purpose.SELECTION,
) -> list[Registration]:
    """Return them in the order of the lots of that purpose."""
    secret = bytes.fromhex(tournament.drawings.get(purpose=purpose).secret)
    by_id = {it.pk: it for it in registrations}
    return [by_id[pk] for pk in selection.lots(secret, purpose, by_id)]


def reveal(tournament: Tournament, roster: list[Registration], now: datetime, by: str) -> None:
    """Publish the secret of the selection, with what it decided, so that anybody can replay it.

    Everybody stands in it under the id of their registration: it names nobody who leaves for good,
    and the proof of the others still holds.
    """
    pool = [it for it in tournament.registrations.all() if it.status != draft.Status.WITHDRAWN]
    order = in_lot_order(tournament, (it for it in pool if not it.is_passed_over))
    tournament.drawings.filter(purpose=Drawing.Purpose.SELECTION).update(
        facts={"by_hand": [it.pk for it in roster if not it.is_chosen_by_lot]},
        result={
            "lots": [it.pk for it in order],
            "by_lot": [it.pk for it in roster if it.is_chosen_by_lot],
        },
        drawn_at=now,
        drawn_by=by,
        revealed_at=now,
    )
