"""All that is known of one viewer: achievements, song requests, rolls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from achievements.services import progress
from achievements.services.progress import Progress
from raffle.models import Roll
from songqueue.models import SongRequest
from twitch.models import Viewer

LATEST = 10

Status = SongRequest.Status
# What came of the others is between the viewer and us.
_SHOWN = (*SongRequest.OPEN, Status.PLAYED, Status.SKIPPED)


@dataclass(frozen=True)
class Sums:
    """A viewer in numbers; `closest` is the smallest distance of a roll that did not win."""

    viewer: Viewer
    songs: int
    unlocked: int
    achievements: int
    rolls: int
    wins: int
    closest: int | None

    @property
    def is_nothing(self) -> bool:
        return not (self.songs or self.unlocked or self.rolls)


@dataclass(frozen=True)
class Profile:
    """What the viewer's page shows; the latest of many."""

    viewer: Viewer
    sums: Sums
    categories: dict[str, list[Progress]]
    songs: list[SongRequest]
    rolls: list[Roll]


def sums(viewer: Viewer) -> Sums:
    """Return a viewer in numbers."""
    unlocked, achievements = progress.counts(viewer)
    return _sums(viewer, unlocked, achievements)


def _sums(viewer: Viewer, unlocked: int, achievements: int) -> Sums:
    rolled: dict[str, Any] = next(iter(Roll.objects.by_viewer().filter(viewer_id=viewer.pk)), {})
    return Sums(
        viewer=viewer,
        songs=SongRequest.objects.filter(viewer=viewer, status__in=_SHOWN).count(),
        unlocked=unlocked,
        achievements=achievements,
        rolls=rolled.get("rolls", 0),
        wins=rolled.get("wins", 0),
        closest=rolled.get("closest_distance"),
    )


def of_viewer(viewer: Viewer) -> Profile:
    """Return what a viewer's page shows."""
    shown = progress.of_viewer(viewer)
    categories: dict[str, list[Progress]] = {}
    for item in shown:
        categories.setdefault(item.definition.category_name, []).append(item)
    songs = SongRequest.objects.filter(viewer=viewer, status__in=_SHOWN, track__isnull=False)
    return Profile(
        viewer=viewer,
        sums=_sums(viewer, sum(item.is_unlocked for item in shown), len(shown)),
        categories=categories,
        songs=list(songs.select_related("track").order_by("-created_at")[:LATEST]),
        rolls=list(Roll.objects.made().filter(viewer=viewer).order_by("-rolled_at")[:LATEST]),
    )
