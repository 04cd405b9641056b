"""What chance decides in public: the league phase, the coins of the bracket, and lots."""

from tournaments.services.drawing.ceremony import Verb, control, end_ceremonies
from tournaments.services.drawing.coins import flip_coins
from tournaments.services.drawing.due import Due, due
from tournaments.services.drawing.league import run_league_draw
from tournaments.services.drawing.showing import ceremony_on, document, version
from tournaments.services.drawing.wishes import Wishes, wish, wishes

__all__ = [
    "Due",
    "Verb",
    "Wishes",
    "ceremony_on",
    "control",
    "document",
    "due",
    "end_ceremonies",
    "flip_coins",
    "run_league_draw",
    "version",
    "wish",
    "wishes",
]
