"""A fact of the sample app."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ParcelSent:
    parcel_id: int
    sent_at: datetime
    words: tuple[str, ...] = ()
