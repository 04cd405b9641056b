"""The bracket: every place of it from the draw on, and who is out or has won."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tournaments.models import Participant, Phase, Tie
from tournaments.rules.bracket import Knockouts, bracket
from tournaments.rules.standings import Row
from tournaments.rules.ties import TieState
from tournaments.services.progress.changed import Changed, assign
from tournaments.services.progress.facts import Facts

Status = Participant.Status
Place = tuple[str, int]
COLUMNS = (
    *("legs", "better_id", "other_id", "better_label", "other_label", "better_path_seed"),
    *("other_path_seed", "better_goals", "other_goals", "winner_id", "decided_by"),
)


def skeleton(known: Facts) -> dict[Place, Tie]:
    """Return the ties by their place in the bracket, made now if the draw has just been."""
    found = {(tie.phase, tie.slot): tie for tie in known.tournament.ties.all()}
    missing = [
        Tie(tournament=known.tournament, phase=round.phase, slot=slot, legs=2)
        for round in known.form.rounds
        for slot in range(round.ties)
        if (round.phase, slot) not in found
    ]
    Tie.objects.bulk_create(missing)
    return found | {(tie.phase, tie.slot): tie for tie in missing}


def derived(known: Facts, rows: Sequence[Row], places: dict[Place, Tie]) -> list[TieState]:
    """Return how every tie stands; nobody is in one before the league phase is over."""
    tournament = known.tournament
    legs = {
        Phase.QUARTER_FINAL.value: tournament.quarter_final_legs,
        Phase.SEMI_FINAL.value: tournament.semi_final_legs,
    }
    return bracket(
        Knockouts(
            known.form,
            places=[row.id for row in rows] if known.is_league_over else [],
            coins=known.coins(),
            results=known.legs({tie.pk: place for place, tie in places.items()}),
            legs=legs,
            withdrawn={each.pk for each in known.players if each.withdrawn_at is not None},
        )
    )


def write(places: dict[Place, Tie], states: Sequence[TieState]) -> list[Changed[Tie]]:
    """Write the ties that differ; returns them."""
    changed = []
    for state in states:
        tie = places[state.phase, state.slot]
        if was := assign(tie, _values(state)):
            changed.append(Changed(tie, was))
    Tie.objects.bulk_create(
        [each.row for each in changed],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[name.removesuffix("_id") for name in COLUMNS],
    )
    return changed


def write_statuses(
    known: Facts, rows: Sequence[Row], states: Sequence[TieState]
) -> list[Changed[Participant]]:
    """Write who is out and who has won, where it differs; returns them."""
    out = {player for state in states for player in state.out}
    if known.is_league_over:
        out |= {row.id for row in rows[known.form.through :]}
    champion = states[-1].winner
    changed = []
    for player in known.players:
        status = Status.ELIMINATED if player.pk in out else Status.ACTIVE
        if was := assign(player, {"status": Status.WINNER if player.pk == champion else status}):
            changed.append(Changed(player, was))
    Participant.objects.bulk_update([each.row for each in changed], ["status"])
    return changed


def _values(state: TieState) -> dict[str, Any]:
    better_goals, other_goals = state.goals or (None, None)
    return {
        "legs": state.number_of_legs,
        "better_id": state.better.player,
        "other_id": state.other.player,
        "better_label": state.better.label,
        "other_label": state.other.label,
        "better_path_seed": state.better.path_seed,
        "other_path_seed": state.other.path_seed,
        "better_goals": better_goals,
        "other_goals": other_goals,
        "winner_id": state.winner,
        "decided_by": state.decided_by,
    }
