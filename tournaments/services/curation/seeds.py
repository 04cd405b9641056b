"""Seeds of the draft, from which the pots follow: by past results, by lot, or by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import models, transaction
from django.db.models import Count

from sagas.flow import Refused
from tournaments.models import Drawing, Participant, Registration, Tie, Tournament
from tournaments.rules import selection
from tournaments.rules.selection import PastResult
from tournaments.services import changes
from tournaments.services.curation import draft, lots


class By(models.TextChoices):
    """What gives the seeds."""

    RESULTS = "results", "past results"
    LOT = "lot", "lots"
    REGISTRATION = "registration", "time of registration"


@transaction.atomic
def arrange(tournament_id: str, rule: By, *, by: str, now: datetime) -> list[Registration]:
    """Seed everybody who is chosen by a rule; returns them, the strongest first."""
    tournament = draft.locked_draft(tournament_id)
    there = list(draft.chosen(tournament))
    there.sort(key=lambda it: (it.registered_at, it.pk))
    if rule == By.LOT:
        there = lots.in_lot_order(tournament, there, Drawing.Purpose.POTS)
    elif rule == By.RESULTS:
        order = selection.by_results(
            [it.viewer_id for it in there], past_results([it.viewer_id for it in there])
        )
        there.sort(key=lambda it: order.index(it.viewer_id))
    _number(there, now)
    _note_lots(tournament, there if rule == By.LOT else [], by, now)
    changes.note(tournament, "seeded", by, {"rule": rule.value}, now)
    return there


@transaction.atomic
def place(
    tournament_id: str, registration_id: str, seed: int, *, now: datetime
) -> list[Registration]:
    """Give one player this seed, and move the others up or down; returns all by their seeds.

    Raises Refused for who is not chosen, or a seed that there is not.
    """
    tournament = draft.locked_draft(tournament_id)
    there = list(draft.chosen(tournament))
    moved = next((it for it in there if it.pk == registration_id), None)
    if moved is None:
        raise Refused("not_chosen", "Only who is chosen has a seed.")
    if not 1 <= seed <= len(there):
        raise Refused("no_such_seed", f"Seeds go from 1 to {len(there)}.")
    there.remove(moved)
    there.insert(seed - 1, moved)
    _number(there, now)
    return there


def past_results(viewer_ids: Sequence[str]) -> dict[str, list[PastResult]]:
    """Return what these viewers reached in tournaments that are completed, the newest first."""
    played = (
        Participant.objects.filter(
            viewer__in=viewer_ids, tournament__status=Tournament.Status.COMPLETED
        )
        .select_related("standing")
        .order_by("-tournament__created_at", "-tournament_id")
    )
    ties = Tie.objects.filter(winner__in=played.values("pk"))
    won = dict(ties.values("winner").annotate(n=Count("pk")).values_list("winner", "n"))
    found = defaultdict[str, list[PastResult]](list)
    for player in played.filter(standing__isnull=False):
        result = PastResult(points=player.standing.points, ties_won=won.get(player.pk, 0))
        found[player.viewer_id].append(result)
    return dict(found)


def _number(there: list[Registration], now: datetime) -> None:
    for seed, registration in enumerate(there, 1):
        registration.seed, registration.updated_at = seed, now
    Registration.objects.bulk_update(there, ["seed", "updated_at"])


def _note_lots(tournament: Tournament, drawn: list[Registration], by: str, now: datetime) -> None:
    """Keep the lots that gave the seeds, to be published with the roster; none if none did."""
    tournament.drawings.filter(purpose=Drawing.Purpose.POTS).update(
        result={"lots": [it.pk for it in drawn]} if drawn else None,
        drawn_at=now if drawn else None,
        drawn_by=by if drawn else "",
    )
