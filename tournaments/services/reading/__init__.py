"""What pages, the API, exports and the overlay read of tournaments; nothing here writes."""

from tournaments.services.reading.bracket import bracket
from tournaments.services.reading.look import Look
from tournaments.services.reading.matches import (
    knockout_matches,
    legs,
    match_row,
    matchdays,
    next_day,
    player_matches,
)
from tournaments.services.reading.roster import participants
from tournaments.services.reading.single import match_document, pools, shown_match
from tournaments.services.reading.table import table
from tournaments.services.reading.whole import live_matches, on_now, shown, tournament_document

__all__ = [
    "Look",
    "bracket",
    "knockout_matches",
    "legs",
    "live_matches",
    "match_document",
    "match_row",
    "matchdays",
    "next_day",
    "on_now",
    "participants",
    "player_matches",
    "pools",
    "shown",
    "shown_match",
    "table",
    "tournament_document",
]
