"""The facts that the raffle announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RollMade:
    """A viewer's roll is final: the points are spent."""

    roll_id: str
    viewer_id: str
    viewer_name: str
    roll: int
    winning_number: int
    distance: int
    is_win: bool
    is_record: bool
    rolled_at: datetime
