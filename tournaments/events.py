"""The facts that tournaments announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TournamentFact:
    """What every fact of a tournament's way tells."""

    tournament_id: str
    name: str
    at: datetime


@dataclass(frozen=True)
class RegistrationOpened(TournamentFact):
    """Viewers can register, for the first time or again."""


@dataclass(frozen=True)
class RegistrationClosed(TournamentFact):
    """Nobody registers any more."""


@dataclass(frozen=True)
class SelectionBegan(TournamentFact):
    """The players are being chosen."""


@dataclass(frozen=True)
class RosterPublished(TournamentFact):
    """Who plays is known; it may still be taken back."""

    players: int


@dataclass(frozen=True)
class RosterTakenBack(TournamentFact):
    """A published roster is none any more."""


@dataclass(frozen=True)
class LeaguePhaseBegan(TournamentFact):
    """The league phase is drawn; or a correction has opened it again."""


@dataclass(frozen=True)
class KnockoutsBegan(TournamentFact):
    """The bracket is set; or a correction has opened the final again."""


@dataclass(frozen=True)
class TournamentCompleted(TournamentFact):
    """There is a champion."""

    winner_id: str
    winner_name: str


@dataclass(frozen=True)
class TournamentCancelled(TournamentFact):
    """It was called off."""

    reason: str
