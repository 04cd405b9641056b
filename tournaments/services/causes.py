"""Why points move in tournaments, in words that name nobody: entries outlive who is forgotten."""

from __future__ import annotations

from points.services.ledger import Cause
from tournaments.models import Match
from tournaments.services.matches import Day

# The page of such a cause is that of the match.
MATCH = "tournaments.match"


def of_match(what: str, match: Match) -> Cause:
    """Return a match as the cause of what happens; it comes with its tournament."""
    return Cause(MATCH, match.pk, f"{what}: {Day.of(match)} of {match.tournament}")
