"""How whoever looks stands to a tournament: in a sentence, with what they can do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from tournaments.models import Registration, Tournament
from tournaments.services import registrations
from tournaments.services.curation import waiting
from tournaments.services.registrations import NOT_REGISTERED, Mine

Status = Registration.Status


@dataclass(frozen=True)
class Place:
    """What is said, and which button is offered: `register`, `withdraw`, `sign_in` or none."""

    said: str
    offer: str = ""
    player_id: str = ""


def place(user: User | AnonymousUser, tournament: Tournament, now: datetime) -> Place:
    """Return how this person stands to the tournament; nobody does to one that was cancelled."""
    if tournament.status == Tournament.Status.CANCELLED:
        return Place("")
    is_open = registrations.is_open(tournament, now)
    if not isinstance(user, User):
        if is_open:
            return Place("Registration is open. Sign in with Twitch to take part.", "sign_in")
        return Place(_closed(tournament, now))
    if user.viewer is None:
        said = "Sign in with Twitch to take part: so far we do not know who you are there."
        return Place(said, "sign_in") if is_open else Place(_closed(tournament, now))
    if user.is_banned:
        why = f" The reason: {user.banned_reason}" if user.banned_reason else ""
        return Place(f"You may look, but not take part.{why}")
    mine = registrations.status_of(tournament, user.viewer, now)
    return _SAYS[mine.status](tournament, mine, now)


def _not_registered(tournament: Tournament, mine: Mine, now: datetime) -> Place:
    if not mine.can_register:
        return Place(_closed(tournament, now))
    if tournament.is_for_subscribers:
        return Place(
            "Registration is open for subscribers of the channel: Twitch is asked whether you are "
            "one.",
            "register",
        )
    return Place("Registration is open.", "register")


def _pending(tournament: Tournament, mine: Mine, now: datetime) -> Place:
    return Place(
        "You are registered. When registration has closed, the players are chosen; this page will "
        "say whether you are one.",
        "withdraw",
    )


def _confirmed(tournament: Tournament, mine: Mine, now: datetime) -> Place:
    player = tournament.participants.filter(registration=mine.registration).first()
    if player is None:
        return Place("You are chosen to play.")
    said = f"You play: seed {player.seed}, pot {player.pot}."
    if player.withdrawn_at:
        said = "You withdrew, and play on no more."
    elif player.status == player.Status.WINNER:
        said = "You are the champion."
    elif player.status == player.Status.ELIMINATED:
        said = "You played, and are out."
    is_drawn = tournament.status in Tournament.PLAYED
    return Place(said, "" if is_drawn else "withdraw", player.pk)


def _not_selected(tournament: Tournament, mine: Mine, now: datetime) -> Place:
    number = mine.registration.waiting_place if mine.registration else None
    if number is None or not waiting.may_free(tournament):
        return Place("You were not chosen this time.")
    return Place(
        f"You were not chosen, but are number {number} of those who wait: when a player withdraws, "
        "the first of them may be asked.",
        "withdraw",
    )


def _withdrawn(tournament: Tournament, mine: Mine, now: datetime) -> Place:
    if mine.can_register:
        return Place("You withdrew. Registration is still open.", "register")
    return Place("You withdrew.")


_SAYS: dict[str, Callable[[Tournament, Mine, datetime], Place]] = {
    NOT_REGISTERED: _not_registered,
    Status.PENDING: _pending,
    Status.CONFIRMED: _confirmed,
    Status.NOT_SELECTED: _not_selected,
    Status.WITHDRAWN: _withdrawn,
}


def _closed(tournament: Tournament, now: datetime) -> str:
    states = Tournament.Status
    said = {
        states.REGISTRATION_CLOSED: "Registration is closed; the players are being chosen.",
        states.AWAITING_SELECTION: "Registration is closed; the players are being chosen.",
        states.COMPLETED: "This tournament is over.",
    }
    if tournament.status == states.REGISTRATION_OPEN:
        return "Registration is closed."
    if tournament.published_at is not None and tournament.status == states.AWAITING_SELECTION:
        return "The players are chosen; the draw comes next."
    return said.get(states(tournament.status), "")
