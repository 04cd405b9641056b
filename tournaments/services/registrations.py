"""Registering for a tournament, and withdrawing while nobody is counting on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from sagas.flow import Refused
from tournaments.models import Registration, Tournament
from tournaments.rules import states
from tournaments.services import changes, subscribers
from tournaments.services.curation import waiting
from tournaments.services.subscribers import Evidence
from twitch.models import Viewer

NOT_REGISTERED = "NOT_REGISTERED"
Status = Registration.Status


class NotSubscribed(Refused):
    """Twitch says that this viewer does not subscribe."""

    def __init__(self) -> None:
        super().__init__("not_subscribed", "This tournament is for subscribers of the channel.")


@dataclass(frozen=True)
class Mine:
    """How one viewer stands to one tournament; `registration` is None for NOT_REGISTERED."""

    status: str
    registration: Registration | None
    can_register: bool


def register(tournament_id: str, viewer: Viewer, *, now: datetime) -> tuple[Registration, bool]:
    """Register a viewer, who may be registered already; returns whether it is new.

    Who has withdrawn may register again. Raises Tournament.DoesNotExist, Refused (no longer or not
    yet open, too many tournaments), NotSubscribed, or TryAgain when Twitch cannot be asked.
    """
    tournament = Tournament.objects.shown().get(pk=tournament_id)
    mine = _find(tournament, viewer)
    if mine is not None and mine.status != Status.WITHDRAWN:
        return mine, False
    _refuse_closed(tournament, now)
    _refuse_many(tournament, viewer)
    seen = _evidence(tournament, viewer, now)
    with transaction.atomic():
        tournament = changes.locked(tournament_id)
        # Two presses, or two tournaments, at once: the second waits here for the first.
        Viewer.objects.select_for_update(no_key=True).get(pk=viewer.pk)
        mine = _find(tournament, viewer)
        if mine is not None and mine.status != Status.WITHDRAWN:
            return mine, False
        _refuse_closed(tournament, now)
        _refuse_many(tournament, viewer)
        return _write(tournament, viewer, mine, seen, now), True


def withdraw(tournament_id: str, viewer: Viewer, *, now: datetime) -> Registration:
    """Withdraw a viewer's registration; one that is withdrawn already stays so.

    Until the draw a player of the roster can do that, too. Raises Registration.DoesNotExist, or
    Refused after it.
    """
    with transaction.atomic():
        tournament = changes.locked(tournament_id)
        mine = tournament.registrations.get(viewer=viewer)
        if mine.status == Status.WITHDRAWN:
            return mine
        if tournament.status in Tournament.ENDS:
            raise Refused("tournament_over", "The tournament is over.")
        if mine.status == Status.CONFIRMED:
            _leave_roster(tournament, mine, now)
        mine.status, mine.withdrawn_at, mine.waiting_place = Status.WITHDRAWN, now, None
        mine.leave_draft()
        mine.updated_at = now
        mine.save()
        waiting.close_up(tournament)
        if tournament.status != states.REGISTRATION_OPEN:
            changes.note(tournament, "withdrew", "the player", {"registration": mine.pk}, now)
        changes.touch(tournament, "tournament", "participants")
        return mine


def _leave_roster(tournament: Tournament, mine: Registration, now: datetime) -> None:
    """Free a place of the published roster, which somebody else can be given until the draw."""
    if tournament.status in Tournament.PLAYED:
        raise Refused(
            "drawn", "You are in the draw: tell the streamer's team, who sort out your matches."
        )
    tournament.participants.filter(registration=mine).update(withdrawn_at=now)


def status_of(tournament: Tournament, viewer: Viewer, now: datetime) -> Mine:
    """Say whether and how a viewer is registered, and whether they could be."""
    mine = _find(tournament, viewer)
    is_out = mine is None or mine.status == Status.WITHDRAWN
    return Mine(
        status=mine.status if mine else NOT_REGISTERED,
        registration=mine,
        can_register=is_out and is_open(tournament, now),
    )


def is_open(tournament: Tournament, now: datetime) -> bool:
    """Tell whether viewers can register now."""
    closes_at = tournament.registration_closes_at
    is_late = closes_at is not None and closes_at <= now
    return tournament.status == states.REGISTRATION_OPEN and not is_late


def _find(tournament: Tournament, viewer: Viewer) -> Registration | None:
    return tournament.registrations.filter(viewer=viewer).first()


def _refuse_closed(tournament: Tournament, now: datetime) -> None:
    if not is_open(tournament, now):
        raise Refused("registration_closed", "Registration is not open.")


def _refuse_many(tournament: Tournament, viewer: Viewer) -> None:
    most = settings.TOURNAMENT_MOST_REGISTRATIONS
    others = (
        Registration.objects.filter(viewer=viewer, status__in=[Status.PENDING, Status.CONFIRMED])
        .exclude(tournament__status__in=Tournament.ENDS)
        .exclude(tournament=tournament)
    )
    if others.count() >= most:
        word = "tournament" if most == 1 else "tournaments"
        raise Refused(
            "too_many_tournaments",
            f"You are in {most} open {word}, which is the most: withdraw from one first.",
        )


def _evidence(tournament: Tournament, viewer: Viewer, now: datetime) -> Evidence | None:
    if not tournament.is_for_subscribers:
        return None
    seen = subscribers.evidence([viewer.pk], now)[viewer.pk]
    if not seen.tier:
        raise NotSubscribed
    return seen


def _write(
    tournament: Tournament,
    viewer: Viewer,
    mine: Registration | None,
    seen: Evidence | None,
    now: datetime,
) -> Registration:
    registration = mine or Registration(tournament=tournament, viewer=viewer)
    registration.status, registration.withdrawn_at = Status.PENDING, None
    registration.registered_at = registration.updated_at = now
    if seen:
        seen.write(registration)
    registration.save()
    changes.touch(tournament, "tournament")
    return registration
