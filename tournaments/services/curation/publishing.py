"""Publishing a roster at once, and taking it back until the draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from sagas.flow import Refused
from sagas.services import publish as announce
from tournaments import events
from tournaments.models import Drawing, Participant, Registration, Tournament
from tournaments.rules import formats, selection, states
from tournaments.rules.formats import Format
from tournaments.services import changes, progress, subscribers
from tournaments.services.curation import draft, lots
from tournaments.services.curation.draft import Status
from tournaments.services.subscribers import Evidence
from twitch.models import Viewer

PUBLISHED, TAKEN_BACK = "published_roster", "took_roster_back"
_DOCUMENTS = ("tournament", "participants", "table")


class LostSubscriptions(Refused):
    """Some of the chosen do not subscribe any more; to publish all the same is said explicitly."""

    def __init__(self, viewers: Sequence[Viewer]) -> None:
        names = ", ".join(map(str, viewers))
        super().__init__(
            "lost_subscription",
            f"Twitch says that they subscribe no more: {names}. Choose others, or publish anyway.",
        )
        self.viewers = list(viewers)


def publish(
    tournament_id: str,
    *,
    by: str,
    now: datetime,
    viewer_ids: Sequence[str] | None = None,
    without_subscription: bool = False,
) -> list[Participant]:
    """Publish the draft, or exactly these viewers in the order of their seeds; all or nothing.

    The chosen are CONFIRMED with their seeds, pots and lines of the table; the others are
    NOT_SELECTED and wait, the pinned ones first, the rest in the order of lots. Twitch is asked
    again about every subscription before. Raises Tournament.DoesNotExist, Refused (no format for
    so many, or somebody is not registered), LostSubscriptions unless `without_subscription`, and
    TryAgain.
    """
    tournament = Tournament.objects.get(pk=tournament_id)
    roster = _roster(tournament, viewer_ids)
    seen: Mapping[str, Evidence] = {}
    if tournament.is_for_subscribers:
        seen = subscribers.evidence([it.viewer_id for it in roster], now)
        _store(seen, tournament)
        lost = [it.viewer for it in roster if not seen[it.viewer_id].tier]
        if lost and not without_subscription:
            raise LostSubscriptions(lost)
    with transaction.atomic():
        tournament = draft.locked_draft(tournament_id)
        again = _roster(tournament, viewer_ids)
        if [it.pk for it in again] != [it.pk for it in roster]:
            raise Refused(
                "roster_changed", "The draft has changed meanwhile: look at it once more."
            )
        players = _confirm(tournament, again, by, now)
        _tell(tournament, PUBLISHED, by, now, {"registrations": [it.pk for it in again]})
        fact = events.RosterPublished(tournament.pk, tournament.name, now, len(players))
        announce(fact, key=f"{tournament.pk}:{tournament.revision}")
    return players


@transaction.atomic
def take_back(tournament_id: str, *, by: str, now: datetime, reason: str = "") -> Tournament:
    """Take a published roster back until the draw: the draft is as it was, and everybody waits.

    A roster that is not published stays so. Raises Refused once the draw is made.
    """
    tournament = changes.locked(tournament_id)
    if tournament.published_at is None:
        return tournament
    if tournament.status != states.AWAITING_SELECTION:
        raise Refused("drawn", "The draw is made from this roster: it stays as it is.")
    tournament.participants.all().delete()
    tournament.registrations.filter(status__in=[Status.CONFIRMED, Status.NOT_SELECTED]).update(
        status=Status.PENDING, waiting_place=None, updated_at=now
    )
    tournament.published_at = None
    tournament.save(update_fields=["published_at"])
    _tell(tournament, TAKEN_BACK, by, now, {}, reason)
    fact = events.RosterTakenBack(tournament.pk, tournament.name, now)
    announce(fact, key=f"{tournament.pk}:{tournament.revision}")
    return tournament


def last_published(tournament: Tournament) -> list[str]:
    """Return the registrations of the roster that was last published, [] for none."""
    change = tournament.changes.filter(verb=PUBLISHED).order_by("-id").first()
    return list(change.details["registrations"]) if change else []


def format_for(tournament: Tournament, players: int) -> Format:
    """Return the format for so many of the tournament; raises Refused with the reason."""
    if players > tournament.max_participants:
        most = tournament.max_participants
        raise Refused("too_many", f"{players} are chosen, and {most} can play.")
    try:
        return formats.format_of(players, tournament.matches_per_player)
    except formats.NoFormat as error:
        raise Refused(error.code, str(error)) from error


def _roster(tournament: Tournament, viewer_ids: Sequence[str] | None) -> list[Registration]:
    """Return whom to confirm, by their seeds; raises Refused."""
    if viewer_ids is None:
        roster = list(draft.chosen(tournament))
    else:
        if len(set(viewer_ids)) != len(viewer_ids):
            raise Refused("named_twice", "Somebody is named twice.")
        there = {it.viewer_id: it for it in draft.candidates(tournament)}
        if missing := [one for one in viewer_ids if one not in there]:
            raise Refused("not_registered", f"They are not registered: {', '.join(missing)}.")
        roster = [there[one] for one in viewer_ids]
    format_for(tournament, len(roster))
    return roster


@transaction.atomic
def _store(seen: Mapping[str, Evidence], tournament: Tournament) -> None:
    """Write down what Twitch said, whatever comes of it."""
    rows = list(tournament.registrations.select_for_update().filter(viewer__in=seen.keys()))
    for row in rows:
        seen[row.viewer_id].write(row)
    Registration.objects.bulk_update(rows, subscribers.COLUMNS)


def _confirm(
    tournament: Tournament, roster: list[Registration], by: str, now: datetime
) -> list[Participant]:
    form = format_for(tournament, len(roster))
    _mark(tournament, roster, now)
    players = Participant.objects.bulk_create(
        Participant(
            tournament=tournament,
            registration=registration,
            viewer=registration.viewer,
            seed=seed,
            pot=selection.pot(seed, form),
            avoid_group=registration.avoid_group,
            confirmed_at=now,
        )
        for seed, registration in enumerate(roster, 1)
    )
    progress.refresh(tournament, now)
    lots.reveal(tournament, roster, now, by)
    tournament.drawings.filter(purpose=Drawing.Purpose.POTS, drawn_at__isnull=False).update(
        revealed_at=now
    )
    tournament.published_at = now
    tournament.save(update_fields=["published_at"])
    return players


def _mark(tournament: Tournament, roster: list[Registration], now: datetime) -> None:
    """Confirm the roster, and line up the others."""
    chosen = {it.pk for it in roster}
    others = [it for it in draft.candidates(tournament) if it.pk not in chosen]
    for seed, registration in enumerate(roster, 1):
        registration.status, registration.is_chosen = Status.CONFIRMED, True
        registration.seed = seed
    for registration in others:
        registration.status = Status.NOT_SELECTED
        registration.leave_draft()
    waiting = lots.in_lot_order(tournament, (it for it in others if not it.is_passed_over))
    waiting.sort(key=lambda it: not it.is_pinned)
    for number, registration in enumerate(waiting, 1):
        registration.waiting_place = number
    everybody = [*roster, *others]
    for registration in everybody:
        registration.updated_at = now
    Registration.objects.bulk_update(
        everybody,
        ["status", "is_chosen", "is_chosen_by_lot", "seed", "waiting_place", "updated_at"],
    )


def _tell(
    tournament: Tournament,
    verb: str,
    by: str,
    now: datetime,
    details: dict[str, object],
    reason: str = "",
) -> None:
    changes.note(tournament, verb, by, details, now, reason=reason)
    changes.touch(tournament, *_DOCUMENTS)
