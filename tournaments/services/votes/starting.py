"""Starting a vote in a live match, within what its tournament's settings allow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q

from sagas.flow import Refused, find
from sagas.services import publish
from sagas.services import start as start_saga
from tournaments import events
from tournaments.models import Match, Participant, Phase, Tournament, VoteEvent
from tournaments.services import changes, clock, live, matches
from tournaments.services.votes import showing

SAGA = "tournaments.vote"
CALL = "tournaments.vote_call"
SHORTEST = timedelta(seconds=10)
LONGEST = timedelta(hours=1)
DEAREST = 1_000_000
MOST_PER_VIEWER = 100
LARGEST_QUORUM = 1_000_000


class NotStarted(Refused):
    """This vote is not allowed; the sentence says by which setting, and what it is for."""


@dataclass(frozen=True)
class Terms:
    """What a vote is about: league points for who wins it, points that a vote costs."""

    points_award: int = 1
    cost_per_vote: int = 0
    duration: timedelta = timedelta(seconds=60)
    most_per_viewer: int = 1
    quorum: int = 1
    tie_rule: VoteEvent.TieRule = VoteEvent.TieRule.NONE

    def __post_init__(self) -> None:
        bounds = {
            "points_award": (0, self.points_award, 100),
            "cost_per_vote": (0, self.cost_per_vote, DEAREST),
            "duration": (SHORTEST.seconds, self.duration.total_seconds(), LONGEST.seconds),
            "most_per_viewer": (1, self.most_per_viewer, MOST_PER_VIEWER),
            "quorum": (1, self.quorum, LARGEST_QUORUM),
        }
        for name, (least, value, most) in bounds.items():
            if not least <= value <= most:
                raise ValueError(f"{name} is from {least:,} to {most:,}.")


@transaction.atomic
def start(match_id: str, terms: Terms, *, by: str, now: datetime) -> VoteEvent:
    """Start a vote that ends after its duration by itself, whatever crashes meanwhile.

    Raises Match.DoesNotExist, and Refused: NotStarted where a setting does not allow it.
    """
    tournament, match = may_start(match_id, terms)
    event = VoteEvent.objects.create(
        match=match,
        points_award=terms.points_award,
        cost_per_vote=terms.cost_per_vote,
        most_per_viewer=terms.most_per_viewer,
        quorum=terms.quorum,
        tie_rule=terms.tie_rule,
        started_at=now,
        started_by=by,
        ends_at=clock.time() + terms.duration,
    )
    for saga in (SAGA, CALL):
        start_saga(find(saga), event)
    event = showing.events().get(pk=event.pk)
    live.tell(match, {"type": "VOTE_STARTED", "vote": showing.document(event)})
    changes.note(tournament, "started_vote", by, {"vote": event.pk, "match": match.pk}, now)
    fact = events.VoteStarted(
        **matches.about(match, now),
        vote_id=event.pk,
        points_award=event.points_award,
        cost_per_vote=event.cost_per_vote,
        ends_at=event.ends_at,
    )
    publish(fact, key=event.pk)
    return event


@transaction.atomic
def may_start(match_id: str, terms: Terms) -> tuple[Tournament, Match]:
    """Lock a match and its tournament, if this vote could start in it now; raises as `start`."""
    tournament, match = matches.locked(match_id)
    _check_match(match)
    if terms.points_award:
        _check_award(tournament, match, terms.points_award)
    return tournament, match


def _check_match(match: Match) -> None:
    if match.status != Match.Status.LIVE:
        raise NotStarted("match_not_live", "A vote starts while its match is live.")
    if showing.active_of(match):
        raise NotStarted("vote_active", "A vote is going on in this match: one at a time.")


# --- How much votes may weigh ------------------------------------------------------------------


def _check_award(tournament: Tournament, match: Match, award: int) -> None:
    """Hold an award against the tournament's caps, each with its measured reason."""
    if match.phase != Phase.LEAGUE:
        raise NotStarted(
            "no_table", "Votes award league points, and knock-outs have no table: award 0."
        )
    if tournament.bonus_mode == Tournament.BonusMode.OFF:
        raise NotStarted("bonus_off", "Votes award nothing in this tournament: award 0.")
    if not tournament.has_votes_on_last_day and match.matchday == _last_day(tournament):
        raise NotStarted(
            "last_day", "No awards on the last match day: there a vote would decide places."
        )
    _check_most(tournament, match, award)
    for player in (match.home, match.away):
        _check_player(tournament, player, award)


def _check_most(tournament: Tournament, match: Match, award: int) -> None:
    most = tournament.most_bonus_per_match
    if _awarded(match.vote_events.all()) + award > most:
        raise NotStarted(
            "most_per_match",
            f"Votes award at most {most} in a match: among equal players one point at the cut lifts"
            " the chance of the top 8 from 54 to 92 %.",
        )


def _check_player(tournament: Tournament, player: Participant, award: int) -> None:
    votes = VoteEvent.objects.filter(
        Q(match__home=player) | Q(match__away=player), points_award__gt=0
    ).exclude(status=VoteEvent.Status.CANCELLED)
    if votes.count() >= tournament.votes_per_player:
        raise NotStarted(
            "votes_per_player",
            f"{player} has had {tournament.votes_per_player} of these votes: as many as everyone,"
            " so that all have the same chance.",
        )
    won = sum(
        _awarded(player_votes, column)
        for column, player_votes in (
            ("home_award", votes.filter(match__home=player)),
            ("away_award", votes.filter(match__away=player)),
        )
    )
    if won + award > tournament.most_bonus_per_player:
        raise NotStarted(
            "most_per_player",
            f"{player} could get more than {tournament.most_bonus_per_player} from votes:"
            " that would decide the tournament.",
        )


def _awarded(votes: Iterable[VoteEvent], column: str = "") -> int:
    """Return what these votes have awarded, and may still."""
    total = 0
    for event in votes:
        if event.status == VoteEvent.Status.ACTIVE:
            total += event.points_award
        elif event.status == VoteEvent.Status.COMPLETED:
            total += getattr(event, column) if column else event.home_award + event.away_award
    return total


def _last_day(tournament: Tournament) -> int | None:
    last: int | None = tournament.matches.league().aggregate(last=Max("matchday"))["last"]
    return last
