"""The matches of ties: made when both players are known, set aside when others meet instead."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Exists, OuterRef
from ulid import ULID

from tournaments.models import (
    Match,
    Prediction,
    Report,
    Result,
    Settlement,
    Tie,
    VoteEvent,
)
from tournaments.rules.ties import LegPlan, TieState
from tournaments.services.progress.changed import Moved
from tournaments.services.progress.facts import Facts
from tournaments.services.progress.ties import Place

# A tie, a leg and who meets in it: what a match is the only one of.
Pairing = tuple[int, int, frozenset[str]]


def write(known: Facts, places: dict[Place, Tie], states: Sequence[TieState], moved: Moved) -> None:
    """Let there be a match for each leg that is to be played, and for no other one."""
    found = {_pairing(match): match for match in known.matches if match.tie_id is not None}
    planned = dict(_planned(places, states))
    for pairing, (tie, leg) in planned.items():
        match = found.get(pairing)
        if match is None:
            moved.made.append(_new(tie, leg))
            continue
        if match.is_set_aside:
            match.is_set_aside = False
            moved.revived.append(match)
        if match.home_id != leg.home:
            match.home_id, match.away_id = leg.home, leg.away
            moved.turned.append(match)
    for pairing, match in found.items():
        if pairing not in planned and not match.is_set_aside:
            match.is_set_aside = True
            moved.set_aside.append(match)
    _save(moved)


def _planned(
    places: dict[Place, Tie], states: Iterable[TieState]
) -> Iterator[tuple[Pairing, tuple[Tie, LegPlan]]]:
    for state in states:
        tie = places[state.phase, state.slot]
        for leg in state.legs:
            yield (tie.pk, leg.number, frozenset((leg.home, leg.away))), (tie, leg)


def _pairing(match: Match) -> Pairing:
    return match.tie_id or 0, match.leg or 0, frozenset((match.home_id, match.away_id))


def _new(tie: Tie, leg: LegPlan) -> Match:
    return Match(
        id=_match_id(tie, leg),
        tournament=tie.tournament,
        phase=tie.phase,
        tie=tie,
        leg=leg.number,
        home_id=leg.home,
        away_id=leg.away,
    )


def _match_id(tie: Tie, leg: LegPlan) -> str:
    """Return the match's id, always the same: what comes back after a correction is what it was."""
    words = (tie.tournament_id, tie.phase, str(tie.slot), str(leg.number))
    named = "\n".join((*words, *sorted((leg.home, leg.away))))
    return f"match_{ULID(hashlib.sha256(named.encode()).digest()[:16])}"


def _save(moved: Moved) -> None:
    Match.objects.bulk_create(moved.made)
    changed = [*moved.set_aside, *moved.revived, *moved.turned]
    Match.objects.bulk_update(
        {match.pk: match for match in changed}.values(), ["is_set_aside", "home", "away"]
    )
    if moved.set_aside:
        _forget_untouched(moved.set_aside)


def _forget_untouched(matches: Sequence[Match]) -> None:
    """Delete what was set aside before anybody had to do with it: nothing of it is lost."""
    related = (Prediction, Report, Result, Settlement, VoteEvent)
    rows = Match.objects.filter(
        pk__in=[match.pk for match in matches],
        status=Match.Status.SCHEDULED,
        scheduled_at=None,
        seq=1,
    )
    for model in related:
        rows = rows.filter(~Exists(model._default_manager.filter(match=OuterRef("pk"))))
    rows.delete()
