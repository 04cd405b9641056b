"""The facts that achievements announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Unlock:
    """One viewer's new achievement, as it is to be shown."""

    viewer_id: str
    viewer_name: str
    achievement: str
    name: str
    description: str
    icon: str


@dataclass(frozen=True)
class AchievementsUnlocked:
    """Achievements were earned: all since the last such fact.

    `unlocks` are the first of them, a dozen at most; `total` counts them all.
    """

    announcement_id: str
    unlocks: tuple[Unlock, ...]
    total: int
    at: datetime
