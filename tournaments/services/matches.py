"""What becomes of a match before its result: when it is played, going live, the score so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from pushes.services import push_on_commit
from sagas.flow import Refused
from sagas.services import publish
from tournaments import events
from tournaments.models import Drawing, Match, Phase, Tournament, VoteEvent
from tournaments.rules.scores import MOST_GOALS
from tournaments.services import changes, live

Status = Match.Status
# A match that is further away has a year that was mistyped.
FURTHEST = timedelta(days=5 * 365)


@dataclass(frozen=True)
class Day:
    """The matches of a match day or, in a round of the knock-outs, of a leg; from 1."""

    phase: str
    number: int

    @classmethod
    def of(cls, match: Match) -> Day:
        return cls(match.phase, match.matchday or match.leg or 1)

    def __str__(self) -> str:
        if self.phase == Phase.LEAGUE:
            return f"match day {self.number}"
        name = Phase(self.phase).label
        return name if self.phase == Phase.FINAL else f"{name}, leg {self.number}"


def locked(match_id: str) -> tuple[Tournament, Match]:
    """Lock a match that is to be changed, and before it its tournament.

    Raises Match.DoesNotExist, and Refused for a match that is not to be played.
    """
    tournament = changes.locked(Match.objects.only("tournament_id").get(pk=match_id).tournament_id)
    rows = Match.objects.select_related("home__viewer", "away__viewer", "tie")
    match = rows.select_for_update(of=("self",)).get(pk=match_id)
    match.tournament = tournament
    if tournament.status not in Tournament.PLAYED:
        raise Refused(
            "not_played_now",
            f"Nothing is played while it says “{tournament.get_status_display()}”.",
        )
    refuse_hidden(tournament)
    if match.is_set_aside:
        raise Refused("set_aside", "These two do not meet: an earlier result was corrected.")
    return tournament, match


def refuse_hidden(tournament: Tournament) -> None:
    """Raise Refused while the draw's ceremony goes on: what is played would tell who meets whom."""
    drawn = tournament.drawings.filter(purpose=Drawing.Purpose.LEAGUE, drawn_at__isnull=False)
    if drawn.filter(revealed_at=None).exists():
        raise Refused("not_revealed", "The draw is still being shown: end its ceremony first.")


def refuse_before_first_leg(match: Match) -> None:
    """Raise Refused for a second leg while the first one has no result."""
    legs = Match.objects.counting().filter(tie=match.tie_id, leg=1)
    if match.leg == 2 and legs.exclude(status=Status.COMPLETED).exists():
        raise Refused("first_leg_open", "The first leg has no result yet.")


# --- When it is played ---------------------------------------------------------------------------


@transaction.atomic
def schedule(match_id: str, at: datetime | None, *, by: str, now: datetime) -> Match:
    """Say when a match is played, or with None that this is open.

    Raises Refused once it began, or for a time that is years away.
    """
    tournament, match = locked(match_id)
    if match.status != Status.SCHEDULED:
        raise Refused("has_begun", "The match has begun already.")
    if match.scheduled_at == at:
        return match
    if at is not None:
        _refuse_far(at, now)
    match.scheduled_at = at
    match.save(update_fields=["scheduled_at"])
    details = {"match": match.pk, "at": at and at.isoformat()}
    changes.note(tournament, "scheduled_match", by, details, now)
    changes.touch(tournament, "matches")
    return match


@transaction.atomic
def schedule_day(
    tournament_id: str, day: Day, start: datetime, apart: timedelta, *, by: str, now: datetime
) -> list[Match]:
    """Say when the matches of a day are played, so far apart; all at once if that is nothing.

    Those that have begun keep their time. Raises Refused when no match is left to schedule, or for
    a time that is years away.
    """
    _refuse_far(start, now)
    tournament = changes.locked(tournament_id)
    left = tournament.matches.of_day(day.phase, day.number).filter(status=Status.SCHEDULED)
    matches = list(left.order_by("home__seed"))
    if not matches:
        raise Refused("nothing_to_schedule", f"No match of {day} is still to be played.")
    for place, match in enumerate(matches):
        match.scheduled_at = start + place * apart
    Match.objects.bulk_update(matches, ["scheduled_at"])
    minutes = apart.total_seconds() / 60
    details = {"day": str(day), "at": start.isoformat(), "minutes_apart": minutes}
    changes.note(tournament, "scheduled_day", by, details, now)
    changes.touch(tournament, "matches")
    return matches


def _refuse_far(at: datetime, now: datetime) -> None:
    if abs(at - now) > FURTHEST:
        raise Refused("far_away", f"That is in {at.year:04}, years away: look at the year again.")


# --- Live ----------------------------------------------------------------------------------------


@transaction.atomic
def go_live(match_id: str, *, by: str, now: datetime) -> Match:
    """Begin a match: its predictions are locked by that, and votes can be held.

    It may be live already. Raises Refused for a match with a result.
    """
    tournament, match = locked(match_id)
    if match.status == Status.LIVE:
        return match
    if match.status == Status.COMPLETED:
        raise Refused("completed", "The match has its result: take that back first.")
    refuse_before_first_leg(match)
    match.status, match.live_at = Status.LIVE, match.live_at or now
    match.home_goals = match.away_goals = 0
    match.save(update_fields=["status", "live_at", "home_goals", "away_goals"])
    change = changes.note(tournament, "went_live", by, {"match": match.pk}, now)
    publish(events.MatchWentLive(**about(match, now)), key=f"{match.pk}:{change.pk}")
    tell(tournament, [match])
    return match


@transaction.atomic
def score(match_id: str, home_goals: int, away_goals: int) -> Match:
    """Show a live match's score so far; the same score again changes nothing.

    It is no result: nothing follows from it. Raises Refused when the match is not live.
    """
    tournament, match = locked(match_id)
    if match.status != Status.LIVE:
        raise Refused("not_live", "The match is not live, so it has no score so far.")
    if not (0 <= home_goals <= MOST_GOALS and 0 <= away_goals <= MOST_GOALS):
        raise Refused("out_of_range", f"Goals go from 0 to {MOST_GOALS}.")
    if (match.home_goals, match.away_goals) != (home_goals, away_goals):
        match.home_goals, match.away_goals = home_goals, away_goals
        match.save(update_fields=["home_goals", "away_goals"])
        tell(tournament, [match])
    return match


@transaction.atomic
def call_back(match_id: str, *, by: str, now: datetime) -> Match:
    """Let a match that went live by mistake be scheduled again, and predicted.

    Raises Refused when viewers have paid for a vote in it, as their vote was about this match.
    """
    tournament, match = locked(match_id)
    if match.status == Status.SCHEDULED:
        return match
    if match.status == Status.COMPLETED:
        raise Refused("completed", "The match has its result: take that back first.")
    voted = Q(votes__isnull=False, refunded_at=None) | Q(status=VoteEvent.Status.ACTIVE)
    if match.vote_events.filter(voted).exists():
        raise Refused(
            "has_votes",
            "Viewers have voted in this match: cancel the vote, which refunds it, first.",
        )
    reopen(match)
    changes.note(tournament, "called_back", by, {"match": match.pk}, now)
    tell(tournament, [match])
    return match


def reopen(match: Match) -> None:
    """Write a match as one that did not begin."""
    match.status, match.live_at = Status.SCHEDULED, None
    match.home_goals = match.away_goals = None
    match.save(update_fields=["status", "live_at", "home_goals", "away_goals"])


def break_off(tournament: Tournament) -> None:
    """Let no match be live any more, as nothing is played on, under the tournament's lock."""
    live_ones = list(tournament.matches.filter(status=Status.LIVE))
    for match in live_ones:
        reopen(match)
    if live_ones:
        tell(tournament, live_ones)


# --- What is told of it --------------------------------------------------------------------------


def tell(tournament: Tournament, told: Sequence[Match], *also: str) -> None:
    """Tell all who follow the matches or their tournament how they stand, once this is committed.

    To be called last in a transaction; `also` names the other documents that changed.
    """
    shown = [{"type": "SCORE_UPDATE", "match": match.pk, **standing(match)} for match in told]
    for match, message in zip(told, shown, strict=True):
        live.tell(match, message)
    changes.touch(tournament, *{"matches", *also})
    for message in shown:
        push_on_commit(tournament.group, {**message, "seq": tournament.revision})


def standing(match: Match) -> dict[str, Any]:
    """How a match stands, as its sockets hear it."""
    return {
        "status": match.status,
        "outcome": match.outcome,
        "home_goals": match.home_goals,
        "away_goals": match.away_goals,
        "has_extra_time": match.has_extra_time,
        "home_penalties": match.home_penalties,
        "away_penalties": match.away_penalties,
    }


def about(match: Match, now: datetime) -> dict[str, Any]:
    """What every fact of a match tells."""
    return {
        "tournament_id": match.tournament_id,
        "match_id": match.pk,
        "phase": match.phase,
        "home_id": match.home_id,
        "home_name": str(match.home),
        "away_id": match.away_id,
        "away_name": str(match.away),
        "at": now,
    }
