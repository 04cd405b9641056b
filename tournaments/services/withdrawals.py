"""Players who play on no more, and warnings: what was played stands, what was not is forfeited."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from sagas.flow import Refused
from sagas.services import publish
from tournaments import events
from tournaments.models import Ground, Match, Participant, Phase, Result, Tournament
from tournaments.rules import scores
from tournaments.rules.scores import Entered
from tournaments.services import changes, consequences, matches, results, votes
from tournaments.services.results import By

MOST_WARNINGS = 99
RULE = By(source=Result.Source.POLICY)


@transaction.atomic
def withdraw(player_id: str, *, by: str, reason: str, now: datetime) -> Participant:
    """Let a player play on no more.

    What they have played stands. Their league matches to come are forfeited, by both where the
    other withdrew as well; in the knock-outs the other one goes through. They may have withdrawn
    already. Raises Participant.DoesNotExist, and Refused when it is over for them, or while the
    draw's ceremony goes on.
    """
    tournament, player = _locked(player_id)
    if player.withdrawn_at is not None:
        return player
    matches.refuse_hidden(tournament)
    if tournament.status == Tournament.Status.COMPLETED:
        raise Refused("is_over", "The tournament is over: nobody can withdraw from it.")
    with consequences.follow(tournament, by, now) as documents:
        player.withdrawn_at = now
        player.save(update_fields=["withdrawn_at"])
        forfeited = _forfeit_what_is_left(tournament, player, now)
    details = {"player": player.pk, "forfeited": [match.pk for match in forfeited]}
    change = changes.note(tournament, "withdrew_player", by, details, now, reason=reason)
    fact = events.PlayerWithdrew(tournament.pk, player.pk, player.viewer_id, str(player), now)
    publish(fact, key=f"{player.pk}:{change.pk}")
    matches.tell(tournament, forfeited, *{"participants", *documents})
    return player


@transaction.atomic
def reinstate(player_id: str, *, by: str, reason: str, now: datetime) -> Participant:
    """Let a player who withdrew play on: what was forfeited for it is to be played again."""
    tournament, player = _locked(player_id)
    if player.withdrawn_at is None:
        return player
    with consequences.follow(tournament, by, now) as documents:
        player.withdrawn_at = None
        player.save(update_fields=["withdrawn_at"])
        reopened = _reopen_what_was_forfeited(tournament, player, now)
    details = {"player": player.pk, "reopened": [match.pk for match in reopened]}
    changes.note(tournament, "reinstated_player", by, details, now, reason=reason)
    matches.tell(tournament, reopened, *{"participants", *documents})
    return player


@transaction.atomic
def warn(player_id: str, warnings: int, *, by: str, reason: str, now: datetime) -> Participant:
    """Set how many warnings a player has; with the no-shows they are the strikes of the table.

    Raises Participant.DoesNotExist, and Refused once the order of the table stands.
    """
    tournament, player = _locked(player_id)
    if tournament.status != Tournament.Status.LEAGUE_PHASE:
        raise Refused("league_over", "The league phase is over, and the order of its table stands.")
    if not 0 <= warnings <= MOST_WARNINGS:
        raise Refused("out_of_range", f"A player has 0 to {MOST_WARNINGS} warnings.")
    if player.warnings == warnings:
        return player
    details = {"player": player.pk, "from": player.warnings, "to": warnings}
    with consequences.follow(tournament, by, now) as documents:
        player.warnings = warnings
        player.save(update_fields=["warnings"])
    changes.note(tournament, "warned_player", by, details, now, reason=reason)
    changes.touch(tournament, *{"participants", *documents})
    player.refresh_from_db(fields=["strikes"])
    return player


# --- What they share -----------------------------------------------------------------------------


def _locked(player_id: str) -> tuple[Tournament, Participant]:
    found = Participant.objects.only("tournament_id").get(pk=player_id)
    tournament = changes.locked(found.tournament_id)
    if tournament.status not in Tournament.PLAYED:
        raise Refused(
            "not_drawn", "Nothing is drawn yet: whoever cannot play is replaced on the board."
        )
    return tournament, tournament.participants.select_related("viewer").get(pk=player_id)


def _matches_of(tournament: Tournament, player: Participant) -> QuerySet[Match]:
    """Return the player's matches that count, locked."""
    rows = tournament.matches.counting().select_for_update(of=("self",)).order_by("pk")
    return rows.filter(Q(home=player) | Q(away=player)).select_related(
        "home__viewer", "away__viewer", "tie"
    )


def _forfeit_what_is_left(
    tournament: Tournament, player: Participant, now: datetime
) -> list[Match]:
    """Forfeit the league matches to come, and one that is on; the bracket sees to the rest."""
    left = _matches_of(tournament, player).exclude(status=Match.Status.COMPLETED)
    concerned = list(left.filter(Q(phase=Phase.LEAGUE) | Q(status=Match.Status.LIVE)))
    for match in concerned:
        votes.end_with_match(match, now=now)
        _enter(tournament, match, now)
    return concerned


def _reopen_what_was_forfeited(
    tournament: Tournament, player: Participant, now: datetime
) -> list[Match]:
    """Take back what the player forfeited by withdrawing; the other one may have withdrawn, too."""
    guilty = Q(home=player, is_home_guilty=True) | Q(away=player, is_away_guilty=True)
    forfeited = _matches_of(tournament, player).filter(guilty, ground=Ground.WITHDRAWAL)
    concerned = list(forfeited)
    for match in concerned:
        _enter(tournament, match, now)
    return concerned


def _enter(tournament: Tournament, match: Match, now: datetime) -> None:
    """Enter what follows for the match from which of its two players have withdrawn."""
    home, away = (each.withdrawn_at is not None for each in (match.home, match.away))
    entered = Entered(scores.TAKEN_BACK)
    if home or away:
        forfeit = Entered(
            scores.FORFEIT, is_home_guilty=home, is_away_guilty=away, ground=Ground.WITHDRAWAL
        )
        entered = results.sensible(match, forfeit, tournament)
    was = results.result_of(match)
    results.announce(match, was, results.write(match, entered, RULE, now), now)
