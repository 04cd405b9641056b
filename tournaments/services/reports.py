"""What players say of their match: two who agree confirm its result, others wait for a decision."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction

from sagas.flow import Refused
from sagas.services import publish
from tournaments import events
from tournaments.models import Match, Participant, Report, Result, Tournament
from tournaments.rules.scores import PLAYED, Entered, Score
from tournaments.services import changes, matches, results
from tournaments.services.results import By
from twitch.models import Viewer

Status = Match.Status
BOTH = By(source=Result.Source.PLAYERS)
# So long after the first report the second one is missed.
PATIENCE = timedelta(hours=24)


@dataclass(frozen=True)
class Told:
    """What a player says: the score, and where it can be seen."""

    score: Score
    proof_url: str = ""


@transaction.atomic
def report(match_id: str, viewer: Viewer, told: Told, *, now: datetime) -> Match:
    """Take a player's word on their match; they may change it until it has its result.

    When both say the same it is the result. The first report locks the predictions, as from then on
    somebody knows. Raises Match.DoesNotExist, and Refused for everybody else, a match that has its
    result, and a score that makes no sense there.
    """
    tournament, match = matches.locked(match_id)
    player = _player(match, viewer)
    entered = Entered(PLAYED, told.score)
    if match.status == Status.COMPLETED:
        if results.result_of(match) == entered:
            return match
        raise Refused(
            "completed", f"The match has its result: {results.result_of(match)}. Tell a moderator."
        )
    results.sensible(match, entered, tournament)
    before = Report.objects.filter(match=match, participant=player).first()
    values = {**asdict(told.score), "proof_url": told.proof_url, "at": now}
    Report.objects.update_or_create(match=match, participant=player, defaults=values)
    if before is None or results.score_of(before) != told.score:
        _compare(tournament, match, player, now)
    match.refresh_from_db()
    return match


def may_report(match: Match, viewer: Viewer) -> bool:
    """Tell whether this viewer is one of its two players, and it is still to have its result."""
    is_on = match.tournament.status in Tournament.PLAYED and not match.is_set_aside
    is_theirs = viewer.pk in (match.home.viewer_id, match.away.viewer_id)
    return is_on and is_theirs and match.status != Status.COMPLETED


def differ(match: Match) -> bool:
    """Tell whether both players have reported the match, and not the same."""
    reported = [results.score_of(each) for each in match.reports.all()]
    return len(reported) == 2 and reported[0] != reported[1]


def _compare(tournament: Tournament, match: Match, player: Participant, now: datetime) -> None:
    """Confirm what both say; note it in the diary and call for a decision if they differ."""
    reports = list(Report.objects.filter(match=match))
    said = {each.participant_id: str(results.score_of(each)) for each in reports}
    details = {"match": match.pk, "reports": said}
    change = changes.note(tournament, "reported_result", "a player", details, now)
    if len(reports) == 2 and not differ(match):
        entered = Entered(PLAYED, results.score_of(reports[0]), reason="Reported by both players")
        results.resolve(match.pk, entered, by=BOTH, now=now)
        return
    if len(reports) == 2:
        fact = events.ReportsDisagreed(**matches.about(match, now))
        publish(fact, key=f"{match.pk}:{change.pk}")
    changes.touch(tournament, "matches")


def _player(match: Match, viewer: Viewer) -> Participant:
    for player in (match.home, match.away):
        if player.viewer_id == viewer.pk:
            return player
    raise NotYours


class NotYours(Refused):
    """Only the two players of a match report it."""

    def __init__(self) -> None:
        super().__init__("not_your_match", "Only the two players of a match report its result.")
