"""Entering a match's result, correcting it and taking it back: one verb, from which all follows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from sagas.flow import Refused
from sagas.services import publish
from tournaments import events
from tournaments.models import Match, Phase, Result, Tournament
from tournaments.rules import scores
from tournaments.rules.scores import Entered, Score, Stage
from tournaments.services import changes, consequences, matches, votes

Status = Match.Status


@dataclass(frozen=True)
class By:
    """Who enters a result: staff by name, with the viewer whom they are, or a rule without both."""

    name: str = ""
    viewer_id: str | None = None
    source: Result.Source = Result.Source.ADMIN


class Senseless(Refused):
    """What was entered makes no sense for this match."""


@transaction.atomic
def resolve(match_id: str, entered: Entered, *, by: By, now: datetime) -> Match:
    """Let this be the match's result from now on, with everything that follows from it.

    What is the result already changes nothing. Raises Match.DoesNotExist, Senseless, and Refused
    where the match is none that is played or who enters it has a hand in it.
    """
    tournament, match = matches.locked(match_id)
    _refuse_partial(match, by)
    entered = sensible(match, entered, tournament)
    was = result_of(match)
    if _columns(was) == _columns(entered):
        return match
    with consequences.follow(tournament, by.name, now) as documents:
        votes.end_with_match(match, now=now)
        result = write(match, entered, by, now)
    details = {"match": match.pk, "from": str(was), "to": str(entered)}
    changes.note(tournament, _verb(was, entered), by.name, details, now, reason=entered.reason)
    announce(match, was, result, now)
    matches.tell(tournament, [match], *documents)
    return match


def sensible(match: Match, entered: Entered, tournament: Tournament) -> Entered:
    """Return what was entered with the score that counts; raises Senseless, or Refused."""
    if entered.outcome:
        matches.refuse_before_first_leg(match)
    try:
        entered = scores.checked(entered, stage_of(match), tournament.forfeit_goals)
    except scores.Senseless as error:
        raise Senseless(error.code, error.sentence) from error
    if match.leg == 1 and entered.outcome:
        _refuse_breaking_second_leg(match, entered)
    return entered


def stage_of(match: Match) -> Stage:
    """Return what the match has to decide, with what its two players have from a first leg."""
    if match.phase == Phase.LEAGUE:
        return Stage(is_league=True)
    if match.tie is not None and match.leg != match.tie.legs:
        return Stage(is_league=False)
    first = Match.objects.counting().filter(tie=match.tie_id, leg=1).exclude(pk=match.pk).first()
    if first is None:
        return Stage(is_league=False, first_leg=(0, 0))
    # The home player was the guest in the first leg.
    return Stage(is_league=False, first_leg=(first.away_goals or 0, first.home_goals or 0))


def result_of(match: Match | Result) -> Entered:
    """Return the result that the row has, which with an `outcome` of "" is none."""
    if not match.outcome:
        return Entered(scores.TAKEN_BACK)
    return Entered(
        match.outcome,
        score_of(match),
        is_home_guilty=match.is_home_guilty,
        is_away_guilty=match.is_away_guilty,
        ground=match.ground,
    )


def score_of(row: Any) -> Score:
    """Return the score of a match, of a result or of a report."""
    return Score(
        row.home_goals,
        row.away_goals,
        row.has_extra_time,
        row.home_penalties,
        row.away_penalties,
    )


def write(match: Match, entered: Entered, by: By, now: datetime) -> Result:
    """Write the result, and the match that has it; what follows is the caller's."""
    columns = _columns(entered)
    result = Result.objects.create(
        match=match, source=by.source, entered_by=by.name, reason=entered.reason, **columns
    )
    if not entered.outcome and match.live_at:
        # It goes on where it was: with what is known of its score, until somebody says otherwise.
        columns |= {"home_goals": match.home_goals or 0, "away_goals": match.away_goals or 0}
    for name, value in columns.items():
        setattr(match, name, value)
    if entered.outcome:
        match.status, match.completed_at = Status.COMPLETED, match.completed_at or now
    else:
        match.status = Status.LIVE if match.live_at else Status.SCHEDULED
        match.completed_at = None
        match.reports.all().delete()
    match.save(update_fields=[*columns, "status", "completed_at"])
    return result


def announce(match: Match, was: Entered, result: Result, now: datetime) -> None:
    """Publish the fact of a result, once for each."""
    kind = events.ResultCorrected if was.outcome else events.MatchResolved
    fact = kind(
        **matches.about(match, now),
        outcome=result.outcome,
        home_goals=result.home_goals,
        away_goals=result.away_goals,
    )
    publish(fact, key=f"{match.pk}:{result.pk}")


def _columns(entered: Entered) -> dict[str, Any]:
    """Return what a result and the match that has it have in common."""
    return {
        "outcome": entered.outcome,
        **asdict(entered.score),
        "is_home_guilty": entered.is_home_guilty,
        "is_away_guilty": entered.is_away_guilty,
        "ground": entered.ground,
    }


def _verb(was: Entered, entered: Entered) -> str:
    if not was.outcome:
        return "entered_result"
    return "corrected_result" if entered.outcome else "took_result_back"


def _refuse_partial(match: Match, by: By) -> None:
    """Raise Refused for staff who play in the match or have staked points on it."""
    if by.source != Result.Source.ADMIN or by.viewer_id is None:
        return
    if by.viewer_id in (match.home.viewer_id, match.away.viewer_id):
        raise Refused(
            "own_match",
            "You play in this match: report it as a player, or let somebody else enter it.",
        )
    if match.predictions.filter(viewer=by.viewer_id).exists():
        raise Refused(
            "has_predicted", "You have predicted this match: let somebody else enter its result."
        )


def _refuse_breaking_second_leg(match: Match, entered: Entered) -> None:
    """Raise Refused when the second leg's extra time would have been for nothing."""
    second = Match.objects.counting().filter(tie=match.tie_id, leg=2).first()
    if second is None or second.outcome != Match.Outcome.PLAYED:
        return
    first_leg = (entered.score.away_goals or 0, entered.score.home_goals or 0)
    if not scores.fits(score_of(second), Stage(is_league=False, first_leg=first_leg)):
        raise Refused(
            "second_leg_differs",
            f"The second leg ended {score_of(second)}, which does not follow on {entered.score} in "
            "the first: take back the second leg's result, correct this one, and enter it again.",
        )
