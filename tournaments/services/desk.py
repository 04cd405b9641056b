"""What the desk of a match day shows: what is on, what comes, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet

from tournaments.models import Match, Phase, Report, Tournament
from tournaments.rules.scores import Stage
from tournaments.services import reports, results
from tournaments.services.matches import Day

Status = Match.Status
DECISION, LEVEL, OVERDUE, RESULT = "decision", "level", "overdue", "result"
# So long after its time a match without a result is missed.
LATE = timedelta(hours=3)


@dataclass(frozen=True)
class Case:
    """A match on the desk.

    It `needs` a `decision` (its players report different scores), extra time as its tie is `level`
    since the first leg was corrected, its second report is `overdue`, or its `result` is missed,
    long after its time; "" when it needs nothing. `said` are the reports that
    wait, and `stage` is what it has to decide.
    """

    match: Match
    needs: str
    said: list[Report]
    stage: Stage


def cases(matches: QuerySet[Match], now: datetime) -> list[Case]:
    """Return the matches as the desk shows them, in the order of their times."""
    rows = matches.select_related("tournament", "tie", "home__viewer", "away__viewer")
    told = Prefetch("reports", Report.objects.select_related("participant__viewer").order_by("at"))
    found = rows.prefetch_related(told).order_by("scheduled_at", "home__seed")
    return [_case(match, now) for match in found]


def waiting(matches: QuerySet[Match], now: datetime) -> list[Case]:
    """Return those of the matches that wait for a person, disagreements first."""
    order = (DECISION, LEVEL, OVERDUE, RESULT)
    level = matches.filter(is_set_aside=False, status=Status.COMPLETED, tie__winner=None)
    unfinished = [*cases(_open(matches), now), *cases(level.filter(leg=F("tie__legs")), now)]
    found = [case for case in unfinished if case.needs]
    return sorted(found, key=lambda case: order.index(case.needs))


def count_disputed() -> int:
    """Return how many matches wait for a decision between two reports."""
    disputed = _open(Match.objects.counting()).filter(
        Exists(Report.objects.filter(match=OuterRef("pk")))
    )
    return sum(reports.differ(match) for match in disputed.prefetch_related("reports"))


def days(tournament: Tournament) -> list[Day]:
    """Return the days that have matches, in the order of play."""
    rows = tournament.matches.counting().values_list("phase", "matchday", "leg").distinct()
    order = {phase: place for place, phase in enumerate(Phase.values)}
    found = [Day(phase, matchday or leg or 1) for phase, matchday, leg in rows.order_by()]
    return sorted(found, key=lambda day: (order[day.phase], day.number))


def current(tournament: Tournament, of: Iterable[Day]) -> Day | None:
    """Return the day that is on: the first with a match that has no result, or the last one."""
    rows = _open(tournament.matches.counting()).values_list("phase", "matchday", "leg")
    unfinished = {Day(phase, matchday or leg or 1) for phase, matchday, leg in rows}
    days = list(of)
    return next((day for day in days if day in unfinished), days[-1] if days else None)


def _open(matches: QuerySet[Match]) -> QuerySet[Match]:
    return matches.filter(is_set_aside=False).exclude(status=Status.COMPLETED)


def _case(match: Match, now: datetime) -> Case:
    is_open = match.status != Status.COMPLETED
    said = list(match.reports.all()) if is_open else []
    stage = results.stage_of(match)
    needs = _needs(match, said, now) if is_open else LEVEL if _is_level(match) else ""
    return Case(match, needs, said, stage)


def _is_level(match: Match) -> bool:
    """Tell whether this match ends a tie that is over, and through which nobody went."""
    tie = match.tie
    if tie is None or tie.winner_id is not None or match.leg != tie.legs:
        return False
    return not _open(tie.matches.all()).exists()


def _needs(match: Match, said: list[Report], now: datetime) -> str:
    if len(said) == 2 and reports.differ(match):
        return DECISION
    if said and said[0].at < now - reports.PATIENCE:
        return OVERDUE
    is_late = match.scheduled_at is not None and match.scheduled_at < now - LATE
    return RESULT if is_late else ""
