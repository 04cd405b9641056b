"""Which draw waits for a person, and what is to be said about it."""

from __future__ import annotations

from enum import StrEnum

from tournaments.models import Drawing, Tournament

Status = Tournament.Status


class Due(StrEnum):
    """What is to be done next on the page of the draw."""

    LEAGUE = "league"
    CEREMONY = "ceremony"
    BRACKET = "bracket"

    @property
    def sentence(self) -> str:
        return {
            Due.LEAGUE: "The roster is published: draw the league phase next.",
            Due.CEREMONY: "The league phase is drawn; play begins when the ceremony is over.",
            Due.BRACKET: "The league phase is over: draw the bracket, and the knock-outs begin.",
        }[self]


def due(tournament: Tournament) -> Due | None:
    """Return what waits on the page of the draw; None while there is nothing to do there."""
    if tournament.status == Status.AWAITING_SELECTION and tournament.published_at is not None:
        return Due.LEAGUE
    drawings = tournament.drawings.all()
    if tournament.status == Status.LEAGUE_PHASE:
        is_hidden = drawings.filter(purpose=Drawing.Purpose.LEAGUE, revealed_at=None).exists()
        return Due.CEREMONY if is_hidden else None
    if tournament.status == Status.KNOCKOUTS:
        is_open = drawings.filter(purpose=Drawing.Purpose.BRACKET, drawn_at=None).exists()
        return Due.BRACKET if is_open else None
    return None
