"""The one place that changes a tournament's status: guarded, in the diary, with its fact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from sagas.flow import Refused
from sagas.services import publish
from tournaments import events
from tournaments.models import Match, Phase, Registration, Tournament
from tournaments.rules import formats, states
from tournaments.rules.states import Guard
from tournaments.services import changes

# What a status is announced with, however it was come to.
FACTS: dict[str, type[events.TournamentFact]] = {
    states.REGISTRATION_OPEN: events.RegistrationOpened,
    states.REGISTRATION_CLOSED: events.RegistrationClosed,
    states.AWAITING_SELECTION: events.SelectionBegan,
    states.LEAGUE_PHASE: events.LeaguePhaseBegan,
    states.KNOCKOUTS: events.KnockoutsBegan,
}


class NoWay(Refused):
    """From its status, the tournament cannot go there."""

    def __init__(self, tournament: Tournament, to: str) -> None:
        wanted = Tournament.Status(to).label
        super().__init__(
            "no_way",
            f"A tournament in “{tournament.get_status_display()}” cannot go to “{wanted}”.",
        )


@transaction.atomic
def move(tournament_id: str, to: str, *, by: str, now: datetime, reason: str = "") -> Tournament:
    """Move a tournament to that status, once what the way needs is so; it may be there already.

    Raises NoWay where there is no way, and Refused with the code of the guard that does not hold.
    """
    tournament = changes.locked(tournament_id)
    if tournament.status == to:
        return tournament
    way = states.way(tournament.status, to)
    if way is None:
        raise NoWay(tournament, to)
    for guard in way.guards:
        _CHECKS[guard](tournament, now, guard)
    tournament.status = to
    tournament.save(update_fields=["status"])
    change = changes.note(tournament, way.verb, by, {}, now, reason=reason)
    changes.touch(tournament, "tournament")
    publish(_fact(tournament, now, reason), key=f"{tournament.pk}:{change.pk}")
    return tournament


def _fact(tournament: Tournament, now: datetime, reason: str) -> events.TournamentFact:
    if tournament.status == states.CANCELLED:
        return events.TournamentCancelled(tournament.pk, tournament.name, now, reason)
    if tournament.status == states.COMPLETED:
        final = tournament.ties.select_related("winner__viewer").get(phase=Phase.FINAL)
        assert final.winner  # noqa: S101 (its guard looked)
        return events.TournamentCompleted(
            tournament.pk, tournament.name, now, final.winner.viewer_id, str(final.winner)
        )
    return FACTS[tournament.status](tournament.pk, tournament.name, now)


# --- Guards ------------------------------------------------------------------------------------

Check = Callable[[Tournament, datetime, Guard], None]


def _guard(holds: Callable[[Tournament, datetime], bool]) -> Check:
    def check(tournament: Tournament, now: datetime, guard: Guard) -> None:
        if not holds(tournament, now):
            raise Refused(guard.code, guard.sentence)

    return check


def _has_format(tournament: Tournament, now: datetime, guard: Guard) -> None:
    try:
        formats.format_of(tournament.max_participants, tournament.matches_per_player)
    except formats.NoFormat as error:
        raise Refused(guard.code, str(error)) from error


def _still_opens(tournament: Tournament, now: datetime) -> bool:
    closes_at = tournament.registration_closes_at
    return closes_at is None or now < closes_at


def _has_enough(tournament: Tournament, now: datetime) -> bool:
    waiting = tournament.registrations.filter(status=Registration.Status.PENDING)
    return waiting.count() >= formats.LEAST


def _is_drawn(tournament: Tournament, now: datetime) -> bool:
    return tournament.matches.league().exists()


def _is_league_over(tournament: Tournament, now: datetime) -> bool:
    open_matches = tournament.matches.league().exclude(status=Match.Status.COMPLETED)
    return _is_drawn(tournament, now) and not open_matches.exists()


def _is_final_decided(tournament: Tournament, now: datetime) -> bool:
    return tournament.ties.filter(phase=Phase.FINAL, winner__isnull=False).exists()


_CHECKS: dict[Guard, Check] = {
    Guard.HAS_FORMAT: _has_format,
    Guard.STILL_OPENS: _guard(_still_opens),
    Guard.ENOUGH_REGISTERED: _guard(_has_enough),
    Guard.NO_ROSTER: _guard(lambda tournament, _: tournament.published_at is None),
    Guard.HAS_ROSTER: _guard(lambda tournament, _: tournament.published_at is not None),
    Guard.NOBODY_AWAY: _guard(
        lambda tournament, _: not tournament.participants.filter(withdrawn_at__isnull=False)
    ),
    Guard.DRAWN: _guard(_is_drawn),
    Guard.LEAGUE_OVER: _guard(_is_league_over),
    Guard.LEAGUE_NOT_OVER: _guard(lambda *given: not _is_league_over(*given)),
    Guard.FINAL_DECIDED: _guard(_is_final_decided),
    Guard.FINAL_NOT_DECIDED: _guard(lambda *given: not _is_final_decided(*given)),
}
