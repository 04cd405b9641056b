"""Who gets the place of a player who cannot play."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from sagas.flow import Refused
from tournaments.models import Match, Participant, Registration, Tournament
from tournaments.services import changes, progress, subscribers
from tournaments.services.curation.draft import Status
from tournaments.services.curation.publishing import LostSubscriptions

# What was reported is still scheduled until both say the same.
_BEGUN = ~Q(status=Match.Status.SCHEDULED) | Q(reports__isnull=False)


def waiting_list(tournament: Tournament) -> QuerySet[Registration]:
    """Return who waits for a place, the next first."""
    waiting = tournament.registrations.filter(
        status=Status.NOT_SELECTED, waiting_place__isnull=False
    )
    return waiting.select_related("viewer").order_by("waiting_place")


def replace(
    player_id: str,
    *,
    by: str,
    now: datetime,
    registration_id: str = "",
    reason: str = "",
    without_subscription: bool = False,
) -> Participant:
    """Give a player's place to somebody who waits, by default to the next; returns the place.

    The seed, the pot and the matches stay with the place. After the draw that works until the
    first match of the place has begun: from then on the matches of who leaves are walkovers.
    Raises Participant.DoesNotExist, Refused, LostSubscriptions unless `without_subscription`, and
    TryAgain.
    """
    player = Participant.objects.select_related("tournament").get(pk=player_id)
    substitute = _substitute(player.tournament, registration_id)
    if player.tournament.is_for_subscribers:
        seen = subscribers.evidence([substitute.viewer_id], now)[substitute.viewer_id]
        seen.write(substitute)
        substitute.save(update_fields=subscribers.COLUMNS)
        if not (seen.tier or without_subscription):
            raise LostSubscriptions([substitute.viewer])
    with transaction.atomic():
        tournament = changes.locked(player.tournament_id)
        player = Participant.objects.select_related("registration__viewer").get(pk=player_id)
        if _substitute(tournament, registration_id) != substitute:
            raise Refused("list_changed", "The waiting list has changed meanwhile: look again.")
        _refuse_begun(tournament, player)
        left = _leave(player.registration, now)
        _enter(player, substitute, now)
        close_up(tournament)
        progress.refresh(tournament, now)
        details = {"player": player.pk, "left": left.pk, "entered": substitute.pk}
        changes.note(tournament, "replaced_player", by, details, now, reason=reason)
        changes.touch(tournament, "tournament", "participants", "table", "draw", "matches")
    return player


def _substitute(tournament: Tournament, registration_id: str) -> Registration:
    """Return who shall get the place; raises Refused when nobody, or not that one, waits."""
    if not registration_id:
        first = waiting_list(tournament).first()
        if first is None:
            raise Refused("nobody_waits", "Nobody is on the waiting list.")
        return first
    waiting = tournament.registrations.filter(status=Status.NOT_SELECTED)
    chosen = waiting.select_related("viewer").filter(pk=registration_id).first()
    if chosen is None:
        raise Refused("does_not_wait", "Only who was not selected can take a place.")
    return chosen


def _refuse_begun(tournament: Tournament, player: Participant) -> None:
    if tournament.status not in (Tournament.Status.AWAITING_SELECTION, *Tournament.PLAYED):
        raise Refused("not_published", "There is no roster.")
    theirs = tournament.matches.filter(Q(home=player) | Q(away=player))
    if theirs.filter(predictions__isnull=False).exists():
        raise Refused(
            "has_predictions",
            f"Viewers have staked points on matches of {player}, so nobody can take over. Withdraw "
            "the player instead: the matches are walkovers, and the stakes go back.",
        )
    if theirs.filter(_BEGUN).exists() or tournament.status in Tournament.ENDS:
        raise Refused(
            "has_played",
            f"{player} has begun to play: nobody can take over. Withdraw the player instead; the "
            "matches that are left are walkovers.",
        )


def _leave(registration: Registration, now: datetime) -> Registration:
    registration.leave_draft()
    registration.updated_at = now
    registration.status = Status.WITHDRAWN
    registration.withdrawn_at = registration.withdrawn_at or now
    registration.save()
    return registration


def _enter(player: Participant, substitute: Registration, now: datetime) -> None:
    substitute.status, substitute.waiting_place = Status.CONFIRMED, None
    substitute.is_chosen, substitute.seed = True, player.seed
    substitute.updated_at = now
    substitute.save()
    player.registration, player.viewer = substitute, substitute.viewer
    player.avoid_group = substitute.avoid_group
    player.withdrawn_at, player.confirmed_at = None, now
    player.warnings = player.strikes = 0
    player.save()


def may_free(tournament: Tournament) -> bool:
    """Tell whether a place can still become free for somebody who waits."""
    if tournament.status == Tournament.Status.LEAGUE_PHASE:
        begun = tournament.matches.filter(_BEGUN).values_list("home", "away")
        played = {each for pair in begun for each in pair}
        return tournament.participants.exclude(pk__in=played).exists()
    return tournament.status == Tournament.Status.AWAITING_SELECTION


def close_up(tournament: Tournament) -> None:
    """Number those who wait anew, from 1, under the tournament's lock."""
    waiting = list(waiting_list(tournament))
    for number, registration in enumerate(waiting, 1):
        registration.waiting_place = number
    Registration.objects.bulk_update(waiting, ["waiting_place"])
