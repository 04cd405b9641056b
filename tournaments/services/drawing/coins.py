"""The draw of the bracket: a coin for each pair of neighbouring places."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sagas.flow import Refused
from tournaments.models import Drawing, Tournament
from tournaments.rules.bracket import direct_pairs, playoff_pairs
from tournaments.rules.chance import Chance, derived
from tournaments.rules.draw import VERSION
from tournaments.rules.formats import format_of
from tournaments.services import changes, progress


@transaction.atomic
def flip_coins(tournament_id: str, *, by: str, now: datetime) -> Drawing:
    """Draw who of each pair goes to which half of the bracket; what is drawn stays as it is.

    Raises Tournament.DoesNotExist, and Refused before the league phase is over: the coins would be
    known to those who still play for a place.
    """
    tournament = changes.locked(tournament_id)
    drawing = tournament.drawings.get(purpose=Drawing.Purpose.BRACKET)
    if drawing.drawn_at:
        return drawing
    if tournament.status != Tournament.Status.KNOCKOUTS:
        raise Refused(
            "league_not_over", "The bracket is drawn once the league phase has all its results."
        )
    form = format_of(tournament.participants.count(), tournament.matches_per_player)
    pairs = [pair.key for pair in (*playoff_pairs(form), *direct_pairs(form))]
    drawing.version = VERSION
    drawing.facts = {"tournament": tournament.pk, "pairs": pairs}
    chance = Chance(derived(bytes.fromhex(drawing.secret), drawing.purpose, drawing.facts))
    drawing.result = {"coins": {pair: chance.below(2) == 1 for pair in pairs}}
    drawing.drawn_at, drawing.drawn_by, drawing.revealed_at = now, by, now
    drawing.save()
    changes.note(tournament, "drew_bracket", by, drawing.result, now)
    progress.refresh(tournament, now)
    changes.touch(tournament, "bracket", "draw", "matches")
    return drawing
