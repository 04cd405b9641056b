"""What everybody may see of one tournament; each of its tables is read at most once."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from tournaments.models import Drawing, Match, Participant, Standing, Tie, Tournament
from tournaments.rules.formats import Format, NoFormat, format_of

# A new shape of the documents is another version of them, though nothing happened.
SHAPE = 2


class Look:
    """One look at a tournament, from which every document is made.

    Of a draw whose ceremony is still on, nothing is here: neither matches nor who meets whom.
    """

    def __init__(self, tournament: Tournament) -> None:
        self.tournament = tournament

    @property
    def etag(self) -> str:
        """The version of every document, as HTTP writes it."""
        is_revealed = "r" if self.is_revealed else "h"
        return f'"{SHAPE}.{self.tournament.pk}.{self.tournament.revision}{is_revealed}"'

    @cached_property
    def is_revealed(self) -> bool:
        """Whether the league draw may be seen."""
        return Drawing.objects.filter(
            tournament=self.tournament,
            purpose=Drawing.Purpose.LEAGUE,
            revealed_at__isnull=False,
        ).exists()

    @cached_property
    def form(self) -> Format | None:
        """The format of the roster, or of what it is meant to be; None if there is none for it."""
        players = len(self.players) or self.tournament.max_participants
        try:
            return format_of(players, self.tournament.matches_per_player)
        except NoFormat:
            return None

    @cached_property
    def players(self) -> dict[str, Participant]:
        """The roster by the players' ids, in the order of seeds."""
        rows = self.tournament.participants.select_related("viewer").order_by("seed")
        return {row.pk: row for row in rows}

    @cached_property
    def matches(self) -> list[Match]:
        """The matches of the present draw and bracket, in the order of play."""
        if not self.is_revealed:
            return []
        found = self.tournament.matches.counting()
        return list(found.order_by("matchday", "leg", "scheduled_at", "tie__slot", "pk"))

    @cached_property
    def lines(self) -> list[Standing]:
        """The lines of the table, best first."""
        return list(self.tournament.standings.order_by("rank"))

    @cached_property
    def ties(self) -> list[Tie]:
        """The places of the bracket, from the top."""
        return list(self.tournament.ties.order_by("slot"))

    def player(self, participant_id: str) -> dict[str, Any]:
        """Return who a player is; `userId` is Twitch's."""
        row = self.players[participant_id]
        return {
            "id": row.pk,
            "userId": row.viewer_id,
            "name": str(row),
            "seed": row.seed,
            "pot": row.pot,
        }
