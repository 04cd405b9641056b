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


# --- Matches -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class MatchFact:
    """What every fact of a match tells: where it belongs, and who plays."""

    tournament_id: str
    match_id: str
    phase: str
    home_id: str
    home_name: str
    away_id: str
    away_name: str
    at: datetime


@dataclass(frozen=True)
class MatchWentLive(MatchFact):
    """A match has begun."""


@dataclass(frozen=True)
class MatchResolved(MatchFact):
    """A match has a result; `outcome` is `played`, `forfeit` or `void`, which has no goals."""

    outcome: str
    home_goals: int | None
    away_goals: int | None


@dataclass(frozen=True)
class ResultCorrected(MatchFact):
    """The result that was announced is another one, or with an `outcome` of "" none any more."""

    outcome: str
    home_goals: int | None
    away_goals: int | None


@dataclass(frozen=True)
class ReportsDisagreed(MatchFact):
    """The two players of a match do not report the same: somebody has to decide."""


@dataclass(frozen=True)
class PlayerWithdrew:
    """A player of the roster plays on no more."""

    tournament_id: str
    player_id: str
    viewer_id: str
    viewer_name: str
    at: datetime


# --- Votes and predictions -----------------------------------------------------------------------


@dataclass(frozen=True)
class VoteStarted(MatchFact):
    """Viewers can vote in a live match, for `cost_per_vote` points each."""

    vote_id: str
    points_award: int
    cost_per_vote: int
    ends_at: datetime


@dataclass(frozen=True)
class VoteEnded(MatchFact):
    """A vote is decided; or it is not, then it says why: `no_votes`, `quorum` or `tie`."""

    vote_id: str
    home_votes: int
    away_votes: int
    home_award: int
    away_award: int
    no_award_because: str


@dataclass(frozen=True)
class VoteCancelled(MatchFact):
    """A vote was called off, or taken back after it `was_over`; what it cost is back."""

    vote_id: str
    was_over: bool


@dataclass(frozen=True)
class PredictionsSettled(MatchFact):
    """The stakes on a match were divided among who was right, or returned if nobody was."""

    outcome: str
    stakes: int
    predictions: int
    winners: int
