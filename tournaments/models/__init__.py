"""The tables of tournaments."""

from tournaments.models.change import Change
from tournaments.models.drawing import Drawing
from tournaments.models.match import Ground, Match, Phase, Report, Result, Tie
from tournaments.models.participant import Participant, Standing
from tournaments.models.prediction import Prediction, Settlement, Stake
from tournaments.models.registration import Registration
from tournaments.models.tournament import Tournament
from tournaments.models.vote import Vote, VoteEvent

__all__ = [
    "Change",
    "Drawing",
    "Ground",
    "Match",
    "Participant",
    "Phase",
    "Prediction",
    "Registration",
    "Report",
    "Result",
    "Settlement",
    "Stake",
    "Standing",
    "Tie",
    "Tournament",
    "Vote",
    "VoteEvent",
]
