"""The states of a tournament, the ways between them, and what each way needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tournaments.rules.formats import LEAST

DRAFT = "DRAFT"
REGISTRATION_OPEN = "REGISTRATION_OPEN"
REGISTRATION_CLOSED = "REGISTRATION_CLOSED"
AWAITING_SELECTION = "AWAITING_SELECTION"
LEAGUE_PHASE = "LEAGUE_PHASE"
KNOCKOUTS = "KNOCKOUTS"
COMPLETED = "COMPLETED"
CANCELLED = "CANCELLED"


class Guard(Enum):
    """What must be so before a way is taken: the refusal's code, and its sentence."""

    HAS_FORMAT = ("no_format", "There is no format for this size.")
    STILL_OPENS = (
        "closing_time_past",
        "The time at which registration closes is past: set a later one, or none.",
    )
    ENOUGH_REGISTERED = (
        "too_few_registered",
        f"A tournament needs at least {LEAST} players: open registration again.",
    )
    NO_ROSTER = ("roster_published", "The roster is published: take it back first.")
    HAS_ROSTER = ("not_published", "The roster is not published yet: choose the players first.")
    NOBODY_AWAY = (
        "place_free",
        "A player has withdrawn: fill the place from the waiting list, or take the roster back.",
    )
    DRAWN = ("not_drawn", "The league phase is not drawn yet.")
    LEAGUE_OVER = ("league_not_over", "Not every match of the league phase has its result.")
    LEAGUE_NOT_OVER = ("league_over", "Every match of the league phase has its result.")
    FINAL_DECIDED = ("final_not_decided", "The final is not decided.")
    FINAL_NOT_DECIDED = ("final_decided", "The final is decided.")

    @property
    def code(self) -> str:
        return self.value[0]

    @property
    def sentence(self) -> str:
        return self.value[1]


@dataclass(frozen=True)
class Way:
    """A way from one state to another: the diary's verb, and what must hold.

    `by_hand` ways are a person's to take, with a button that reads `label` and says what `means`;
    the others follow from a draw, a result or a correction.
    """

    verb: str
    guards: tuple[Guard, ...] = ()
    label: str = ""
    means: str = ""
    # The way to the end, and not back or off it.
    is_onward: bool = False

    @property
    def by_hand(self) -> bool:
        return bool(self.label)


_REOPEN = Way(
    "reopened_registration",
    (Guard.STILL_OPENS,),
    "Open registration again",
    "Viewers can register and withdraw again.",
)
_CANCEL = Way(
    "cancelled",
    (),
    "Cancel the tournament",
    "It ends here, for good. Points for open predictions and votes go back to the viewers.",
)

WAYS: dict[tuple[str, str], Way] = {
    (DRAFT, REGISTRATION_OPEN): Way(
        "opened_registration",
        (Guard.HAS_FORMAT, Guard.STILL_OPENS),
        "Open registration",
        "Everybody sees the tournament, and viewers can register.",
        is_onward=True,
    ),
    (REGISTRATION_OPEN, REGISTRATION_CLOSED): Way(
        "closed_registration",
        (),
        "Close registration",
        "Nobody registers any more; it can be opened again.",
        is_onward=True,
    ),
    (REGISTRATION_CLOSED, AWAITING_SELECTION): Way(
        "began_selection",
        (Guard.ENOUGH_REGISTERED,),
        "Begin the selection",
        "The board opens, on which you choose who plays.",
        is_onward=True,
    ),
    (REGISTRATION_CLOSED, REGISTRATION_OPEN): _REOPEN,
    (AWAITING_SELECTION, REGISTRATION_CLOSED): Way(
        "left_selection",
        (Guard.NO_ROSTER,),
        "Leave the selection",
        "Registration can be opened again; what you chose is kept.",
    ),
    (AWAITING_SELECTION, LEAGUE_PHASE): Way(
        "began_league_phase", (Guard.HAS_ROSTER, Guard.NOBODY_AWAY, Guard.DRAWN)
    ),
    (LEAGUE_PHASE, KNOCKOUTS): Way("began_knockouts", (Guard.LEAGUE_OVER,)),
    (KNOCKOUTS, COMPLETED): Way("completed", (Guard.FINAL_DECIDED,)),
    (KNOCKOUTS, LEAGUE_PHASE): Way("returned_to_league_phase", (Guard.LEAGUE_NOT_OVER,)),
    (COMPLETED, KNOCKOUTS): Way("returned_to_knockouts", (Guard.FINAL_NOT_DECIDED,)),
    **{
        (state, CANCELLED): _CANCEL
        for state in (
            DRAFT,
            REGISTRATION_OPEN,
            REGISTRATION_CLOSED,
            AWAITING_SELECTION,
            LEAGUE_PHASE,
            KNOCKOUTS,
        )
    },
}


def way(state: str, to: str) -> Way | None:
    """Return the way from one state to another, None where there is none."""
    return WAYS.get((state, to))


def by_hand(state: str) -> dict[str, Way]:
    """Return where a person can take a tournament from this state, the usual way first."""
    return {to: it for (here, to), it in WAYS.items() if here == state and it.by_hand}
