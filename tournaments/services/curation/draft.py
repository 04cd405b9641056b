"""The draft of a roster: who is chosen, marked, grouped and seeded, by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from sagas.flow import Refused
from tournaments.models import Registration, Tournament
from tournaments.rules import states
from tournaments.services import changes

Status = Registration.Status


# What a mark may change beside itself.
_FOLLOWING = {
    *("is_pinned", "is_passed_over", "is_chosen", "is_chosen_by_lot", "seed", "updated_at")
}


@dataclass(frozen=True)
class Marks:
    """What to change about registrations; None leaves it as it is."""

    is_chosen: bool | None = None
    is_pinned: bool | None = None
    is_passed_over: bool | None = None
    note: str | None = None
    tags: list[str] | None = None
    avoid_group: str | None = None

    @property
    def columns(self) -> dict[str, object]:
        """What they set, by column."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in given.items() if value is not None}


def locked_draft(tournament_id: str) -> Tournament:
    """Lock a tournament whose roster is being chosen; raises Refused when it is not.

    Raises Tournament.DoesNotExist, too.
    """
    tournament = changes.locked(tournament_id)
    if tournament.status != states.AWAITING_SELECTION:
        raise Refused("not_selecting", "Players are chosen during the selection only.")
    if tournament.published_at is not None:
        raise Refused("roster_published", "The roster is published: take it back first.")
    return tournament


def candidates(tournament: Tournament) -> QuerySet[Registration]:
    """Return everybody who may be chosen, in the order in which they registered."""
    found = tournament.registrations.filter(status=Status.PENDING)
    return found.select_related("viewer").order_by("registered_at", "pk")


def chosen(tournament: Tournament) -> QuerySet[Registration]:
    """Return who is chosen, the strongest seed first."""
    order = (F("seed").asc(nulls_last=True), "registered_at", "pk")
    return candidates(tournament).filter(is_chosen=True).order_by(*order)


@transaction.atomic
def mark(
    tournament_id: str, registration_ids: Sequence[str], marks: Marks, *, now: datetime
) -> list[Registration]:
    """Change the marks of registrations, all or none; returns them.

    To choose and to group needs a draft (see `locked_draft`) with places left; to pass over, that
    no roster is published. Raises Registration.DoesNotExist, or Refused.
    """
    is_about_roster = marks.is_chosen is not None or marks.avoid_group is not None
    tournament = (locked_draft if is_about_roster else changes.locked)(tournament_id)
    if marks.is_passed_over is not None and tournament.published_at is not None:
        raise Refused("roster_published", "The roster is published: take it back first.")
    wanted = set(registration_ids)
    found = list(tournament.registrations.filter(pk__in=wanted).select_related("viewer"))
    if len(found) != len(wanted):
        raise Registration.DoesNotExist
    if marks.is_chosen is not None:
        _choose(tournament, found, marks.is_chosen)
    columns = marks.columns
    for registration in found:
        for name, value in columns.items():
            setattr(registration, name, value)
        if marks.is_passed_over:
            registration.is_pinned = False
            registration.leave_draft()
        registration.updated_at = now
    Registration.objects.bulk_update(found, _FOLLOWING | columns.keys())
    return found


@transaction.atomic
def clear(tournament_id: str, *, only_lots: bool, now: datetime) -> int:
    """Take everybody out of the draft, or only whom a lot put in; returns how many."""
    tournament = locked_draft(tournament_id)
    out = chosen(tournament)
    if only_lots:
        out = out.filter(is_chosen_by_lot=True)
    return Registration.objects.filter(pk__in=list(out.values_list("pk", flat=True))).update(
        is_chosen=False, is_chosen_by_lot=False, seed=None, updated_at=now
    )


def add(registrations: Iterable[Registration], *, after: int, by_lot: bool) -> None:
    """Choose these, with the seeds that follow; the caller saves them."""
    for seed, registration in enumerate(registrations, after + 1):
        registration.is_chosen, registration.is_chosen_by_lot = True, by_lot
        registration.seed = seed


def newest_seed(tournament: Tournament) -> int:
    """Return the highest seed of the draft, 0 while nobody is chosen."""
    seeds = chosen(tournament).values_list("seed", flat=True)
    return max((seed or 0 for seed in seeds), default=0)


def _choose(tournament: Tournament, found: list[Registration], is_chosen: bool) -> None:
    if not is_chosen:
        for registration in found:
            registration.leave_draft()
        return
    if any(registration.status != Status.PENDING for registration in found):
        raise Refused("not_pending", "Only who is registered and waits can be chosen.")
    new = [registration for registration in found if not registration.is_chosen]
    places = tournament.max_participants - chosen(tournament).count()
    if len(new) > places:
        raise Refused(
            "roster_full",
            f"{tournament.max_participants} can play, and {places} places are left.",
        )
    for registration in new:
        registration.is_passed_over = False
    add(new, after=newest_seed(tournament), by_lot=False)
