"""How far viewers are, as they are shown it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db.models import Count

from achievements.models import Definition, Standing
from achievements.services import sessions
from points.services import people
from twitch.models import Viewer


@dataclass(frozen=True)
class Progress:
    """One viewer's way to one achievement.

    What was earned in an earlier stream stays earned, `times` in all, and its progress begins anew
    with each stream. A record that was passed on is not unlocked any more.
    """

    definition: Definition
    progress: int = 0
    unlocked_at: datetime | None = None
    passed_on_at: datetime | None = None
    times: int = 0

    @property
    def is_unlocked(self) -> bool:
        return self.unlocked_at is not None

    @property
    def is_secret(self) -> bool:
        """Whether nobody may hear of it."""
        return self.definition.hidden and self.times == 0


def of_viewer(viewer: Viewer | None) -> list[Progress]:
    """Return the progress in every achievement, zeros for somebody unknown, without secrets."""
    rows: defaultdict[str, list[Standing]] = defaultdict(list)
    if viewer is not None:
        for row in Standing.objects.filter(viewer=viewer).order_by("earned_at"):
            rows[row.definition_id].append(row)
    session_id = sessions.latest()
    shown = [
        _progress(definition, rows[definition.key], session_id)
        for definition in Definition.objects.shown()
    ]
    return [progress for progress in shown if not progress.is_secret]


def _progress(definition: Definition, rows: list[Standing], session_id: str) -> Progress:
    whose = session_id if definition.scope == Definition.Scope.SESSION else ""
    now = next((row.progress for row in rows if row.session_id == whose), 0)
    earned = [row for row in rows if row.earned_at is not None]
    held = [row for row in earned if row.passed_at is None]
    goal = definition.goal
    return Progress(
        definition,
        progress=int(any(row.session_id == whose for row in held))
        if goal is None
        else min(now, goal),
        unlocked_at=held[-1].earned_at if held else None,
        passed_on_at=earned[-1].passed_at if earned and not held else None,
        times=len(earned),
    )


def unlocked(viewer: Viewer | None) -> list[Progress]:
    """Return what a viewer has unlocked, newest first."""
    dated = [(item.unlocked_at, item) for item in of_viewer(viewer) if item.unlocked_at]
    return [item for _, item in sorted(dated, key=itemgetter(0), reverse=True)]


def counts(viewer: Viewer) -> tuple[int, int]:
    """Return how many achievements are the viewer's, and how many there are to be seen."""
    shown = of_viewer(viewer)
    return sum(progress.is_unlocked for progress in shown), len(shown)


def leaderboard(limit: int) -> list[dict[str, Any]]:
    """Return the viewers with the most different achievements, the earliest of equals first."""
    best = people.shown(Standing.objects.by_viewer())
    return list(best.order_by("-achievements", "last_unlocked_at", "viewer_id")[:limit])


def definitions() -> list[dict[str, Any]]:
    """Return what there is to earn, with how many hold it, without secrets."""
    holders = dict(
        Standing.objects.held()
        .values_list("definition_id")
        .annotate(holders=Count("viewer_id", distinct=True))
    )
    earned = people.shown(Standing.objects.earned())
    known = set(earned.values_list("definition_id", flat=True).distinct())
    return [
        {"definition": definition, "unlocked_by": holders.get(definition.key, 0)}
        for definition in Definition.objects.shown()
        if not definition.hidden or definition.key in known
    ]
