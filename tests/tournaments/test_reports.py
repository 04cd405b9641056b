"""What players say of their match: confirmed when both agree, decided by somebody when not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sagas.flow import Refused
from sagas.models import Event
from tests.tournaments import stage
from tests.tournaments.betting import balance, rich, stake
from tests.tournaments.stage import KICKOFF
from tournaments.models import Match, Result
from tournaments.rules.scores import FORFEIT, PLAYED, TAKEN_BACK, Entered, Score
from tournaments.services import desk, predictions, reports, results
from tournaments.services.predictions import NotStaked
from tournaments.services.reports import NotYours, Told
from tournaments.services.results import By

pytestmark = pytest.mark.django_db

NOW = KICKOFF + timedelta(hours=1)
LEA = By("lea")


@pytest.fixture
def match() -> Match:
    cup = stage.tournament(8)
    rows = cup.matches.filter(matchday=1).select_related("home__viewer", "away__viewer")
    return rows.order_by("pk")[0]


def say(match: Match, who: str, home: int, away: int) -> Match:
    player = match.home if who == "home" else match.away
    return reports.report(match.pk, player.viewer, Told(Score(home, away)), now=NOW)


def needs(match: Match, after: timedelta = timedelta()) -> list[str]:
    return [case.needs for case in desk.waiting(match.tournament.matches.counting(), NOW + after)]


def test_two_who_agree_confirm_the_result(match: Match) -> None:
    assert say(match, "home", 2, 1).status == "SCHEDULED"
    assert say(match, "away", 2, 1).status == "COMPLETED"
    assert Result.objects.get().source == Result.Source.PLAYERS
    assert needs(match) == []


def test_the_first_report_locks_the_predictions(match: Match) -> None:
    assert match.live_at is None
    assert predictions.is_open(match)
    match = say(match, "home", 2, 1)
    assert not predictions.is_open(match)
    with pytest.raises(NotStaked) as caught:
        stake(match, rich(), "home", 10)
    assert caught.value.code == "locked"


def test_what_was_reported_and_then_forfeited_never_began(match: Match) -> None:
    """Who waited in vain may have reported what a walkover is worth."""
    viewer = rich(100)
    stake(match, viewer, "away", 60)
    say(match, "home", 3, 0)
    absent = Entered(FORFEIT, is_away_guilty=True, ground="no_show")
    results.resolve(match.pk, absent, by=LEA, now=NOW)
    assert balance(viewer) == 100


def test_two_who_disagree_wait_for_somebody(match: Match) -> None:
    say(match, "home", 2, 1)
    assert needs(match) == []
    say(match, "away", 1, 2)
    assert needs(match) == ["decision"]
    assert desk.count_disputed() == 1
    assert Event.objects.filter(kind="tournaments.ReportsDisagreed").count() == 1
    results.resolve(match.pk, Entered(PLAYED, Score(2, 1)), by=LEA, now=NOW)
    assert needs(match) == []
    assert desk.count_disputed() == 0


def test_who_was_wrong_may_say_so(match: Match) -> None:
    say(match, "home", 2, 1)
    say(match, "away", 1, 2)
    assert say(match, "away", 2, 1).status == "COMPLETED"


def test_a_report_that_comes_twice_is_one(match: Match) -> None:
    say(match, "home", 2, 1)
    say(match, "home", 2, 1)
    assert match.tournament.changes.filter(verb="reported_result").count() == 1


def test_a_second_report_is_missed_after_a_day(match: Match) -> None:
    say(match, "home", 2, 1)
    assert needs(match, timedelta(hours=25))[0] == "overdue"


def test_only_the_two_players_report(match: Match) -> None:
    with pytest.raises(NotYours):
        reports.report(match.pk, stage.viewer(), Told(Score(1, 0)), now=NOW)


def test_a_report_must_make_sense(match: Match) -> None:
    with pytest.raises(results.Senseless):
        reports.report(match.pk, match.home.viewer, Told(Score(1, 1, True, 4, 3)), now=NOW)


def test_what_has_its_result_is_reported_no_more(match: Match) -> None:
    results.resolve(match.pk, Entered(PLAYED, Score(2, 1)), by=LEA, now=NOW)
    assert say(match, "home", 2, 1).outcome == "played"
    with pytest.raises(Refused) as refused:
        say(match, "home", 1, 2)
    assert refused.value.code == "completed"


def test_reports_of_a_result_that_is_taken_back_are_forgotten(match: Match) -> None:
    say(match, "home", 2, 1)
    say(match, "away", 2, 1)
    results.resolve(match.pk, Entered(TAKEN_BACK), by=LEA, now=NOW)
    say(match, "home", 2, 2)
    assert say(match, "away", 2, 2).outcome == "played"
