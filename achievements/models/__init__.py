"""The tables of achievements: what there is to earn, what was heard, and who is how far."""

from achievements.models.change import Change
from achievements.models.definition import Definition, ShippedDefinition
from achievements.models.history import HeardFact
from achievements.models.standing import Announcement, Standing
from achievements.models.viewer import HiddenViewer

__all__ = [
    "Announcement",
    "Change",
    "Definition",
    "HeardFact",
    "HiddenViewer",
    "ShippedDefinition",
    "Standing",
]
