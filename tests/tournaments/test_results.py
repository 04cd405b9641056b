"""Entering results, correcting them and taking them back: what follows, and what is refused."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q

from points.services import audit, ledger
from points.services.ledger import Cause
from sagas.flow import Refused
from sagas.models import Event
from tests.tournaments import stage
from tests.tournaments.stage import KICKOFF
from tournaments.models import Match, Participant, Prediction, Result, Standing, Tournament
from tournaments.rules.scores import FORFEIT, PLAYED, TAKEN_BACK, VOID, Entered, Score
from tournaments.services import corrections, desk, matches, predictions, results
from tournaments.services.corrections import Unseen
from tournaments.services.results import By
from twitch.models import Viewer

pytestmark = pytest.mark.django_db

CAUSE = Cause("test", "1")
LEA = By("lea")
NOW = KICKOFF + timedelta(hours=2)
BACK = Entered(TAKEN_BACK)


def played(home: int, away: int) -> Entered:
    return Entered(PLAYED, Score(home, away))


def enter(match: Match, entered: Entered, by: By = LEA) -> Match:
    return results.resolve(match.pk, entered, by=by, now=NOW)


def points(player: Participant) -> int:
    return Standing.objects.get(pk=player.pk).points


@pytest.fixture
def cup() -> Tournament:
    """A small league in which nothing is played."""
    return stage.tournament(8)


@pytest.fixture
def match(cup: Tournament) -> Match:
    found = cup.matches.filter(matchday=1).select_related("home__viewer", "away__viewer").first()
    assert found
    return found


def refusal(match: Match, entered: Entered, by: By = LEA) -> str:
    with pytest.raises(Refused) as refused:
        enter(match, entered, by)
    return refused.value.code


# --- Entering ----------------------------------------------------------------------------------


def test_a_result_is_in_the_table_the_diary_and_the_facts(cup: Tournament, match: Match) -> None:
    enter(match, played(2, 1))
    match.refresh_from_db()
    assert (match.status, match.outcome, match.completed_at) == ("COMPLETED", "played", NOW)
    assert (points(match.home), points(match.away)) == (3, 0)
    assert cup.changes.get(verb="entered_result").details["to"] == "2–1"
    fact = Event.objects.get(kind="tournaments.MatchResolved").payload
    assert (fact["home_goals"], fact["away_name"]) == (2, str(match.away))
    assert Tournament.objects.get().revision == cup.revision + 1


def test_the_same_result_again_changes_nothing(cup: Tournament, match: Match) -> None:
    enter(match, played(2, 1))
    enter(match, played(2, 1))
    assert Result.objects.count() == cup.changes.filter(verb="entered_result").count() == 1


def test_a_corrected_result_counts_instead_and_both_are_kept(match: Match) -> None:
    enter(match, played(2, 1))
    enter(match, Entered(PLAYED, Score(1, 2), reason="Sides were mixed up"))
    assert (points(match.home), points(match.away)) == (0, 3)
    kept = list(Result.objects.values_list("home_goals", "away_goals", "reason"))
    assert kept == [(2, 1, ""), (1, 2, "Sides were mixed up")]
    assert Event.objects.filter(kind="tournaments.ResultCorrected").count() == 1


def test_a_result_that_is_taken_back_leaves_no_trace_in_the_table(match: Match) -> None:
    before = list(Standing.objects.order_by("pk").values())
    enter(match, played(2, 1))
    enter(match, BACK)
    match.refresh_from_db()
    assert (match.status, match.outcome, match.home_goals) == ("SCHEDULED", "", None)
    assert list(Standing.objects.order_by("pk").values()) == before


def test_a_live_match_whose_result_is_taken_back_goes_on(match: Match) -> None:
    matches.go_live(match.pk, by="lea", now=NOW)
    enter(match, played(2, 1))
    enter(match, BACK)
    match.refresh_from_db()
    assert (match.status, match.live_at, match.home_goals) == ("LIVE", NOW, 2)


def test_a_void_match_is_done_and_counts_for_nobody(match: Match) -> None:
    enter(match, Entered(VOID, reason="Wrong game"))
    line = Standing.objects.get(pk=match.home_id)
    assert (line.played, line.points) == (0, 0)


def test_a_no_show_is_lost_and_is_a_strike(match: Match) -> None:
    enter(match, Entered(FORFEIT, is_away_guilty=True, ground="no_show"))
    match.refresh_from_db()
    assert (match.home_goals, match.away_goals, match.ground) == (3, 0, "no_show")
    assert (points(match.home), Participant.objects.get(pk=match.away_id).strikes) == (3, 1)
    enter(match, played(0, 0))
    assert Participant.objects.get(pk=match.away_id).strikes == 0


def test_both_can_lose(match: Match) -> None:
    enter(match, Entered(FORFEIT, is_home_guilty=True, is_away_guilty=True, ground="no_show"))
    for player in (match.home, match.away):
        line = Standing.objects.get(pk=player.pk)
        assert (line.played, line.losses, line.points, line.strikes) == (1, 1, 0, 1)


# --- What is refused ---------------------------------------------------------------------------


def test_senseless_scores_are_refused(match: Match) -> None:
    with pytest.raises(results.Senseless):
        enter(match, Entered(PLAYED, Score(2, 1, True)))
    assert not Result.objects.exists()


def test_who_plays_or_has_predicted_does_not_enter_the_result(match: Match) -> None:
    player = By("ada", match.away.viewer_id)
    assert refusal(match, played(0, 1), player) == "own_match"
    better = stage.viewer()
    Prediction.objects.create(match=match, viewer=better, side="home", points_wagered=5)
    assert refusal(match, played(0, 1), By("bet", better.pk)) == "has_predicted"
    assert enter(match, played(0, 1), By("mod", stage.viewer().pk)).outcome == "played"


@pytest.mark.parametrize("status", ["AWAITING_SELECTION", "CANCELLED"])
def test_nothing_is_entered_while_nothing_is_played(
    cup: Tournament, match: Match, status: str
) -> None:
    Tournament.objects.update(status=status)
    assert refusal(match, played(1, 0)) == "not_played_now"


def test_a_match_that_is_set_aside_has_no_result(match: Match) -> None:
    Match.objects.update(is_set_aside=True)
    assert refusal(match, played(1, 0)) == "set_aside"


# --- Ties --------------------------------------------------------------------------------------


@pytest.fixture
def playoffs(cup: Tournament) -> Tournament:
    """The same league, all of it played, with its bracket drawn."""
    stage.play(cup, days=6)
    stage.knock_out(cup, rounds=0)
    return cup


def leg(cup: Tournament, number: int, phase: str = "PLAYOFF") -> Match:
    return cup.matches.counting().filter(phase=phase, leg=number).order_by("tie__slot")[0]


def test_the_second_leg_comes_second(playoffs: Tournament) -> None:
    assert refusal(leg(playoffs, 2), played(1, 0)) == "first_leg_open"
    with pytest.raises(Refused):
        matches.go_live(leg(playoffs, 2).pk, by="lea", now=NOW)


def test_a_level_tie_needs_extra_time_and_penalties(playoffs: Tournament) -> None:
    enter(leg(playoffs, 1), played(1, 0))
    second = leg(playoffs, 2)
    assert refusal(second, played(1, 0)) == "level"
    assert refusal(second, Entered(PLAYED, Score(1, 0, True))) == "level_after_extra_time"
    enter(second, Entered(PLAYED, Score(1, 0, True, 4, 5)))
    tie = Match.objects.get(pk=second.pk).tie
    assert tie
    assert (tie.winner_id, tie.decided_by) == (second.away_id, "penalties")


def test_a_first_leg_is_not_corrected_into_nonsense(playoffs: Tournament) -> None:
    enter(leg(playoffs, 1), played(1, 0))
    enter(leg(playoffs, 2), Entered(PLAYED, Score(1, 0, True, 4, 5)))
    assert refusal(leg(playoffs, 1), played(0, 0)) == "second_leg_differs"
    enter(leg(playoffs, 2), BACK)
    enter(leg(playoffs, 1), played(0, 0))
    enter(leg(playoffs, 2), played(1, 0))


def test_a_tie_that_a_correction_left_level_waits_for_somebody(playoffs: Tournament) -> None:
    enter(leg(playoffs, 1), played(1, 0))
    second = leg(playoffs, 2)
    enter(second, played(0, 0))
    enter(leg(playoffs, 1), played(0, 0))
    waiting = desk.waiting(playoffs.matches.counting(), NOW)
    assert [case.match for case in waiting if case.needs == "level"] == [second]
    enter(second, Entered(PLAYED, Score(1, 0, True)))
    waiting = desk.waiting(playoffs.matches.counting(), NOW)
    assert not [case for case in waiting if case.needs == "level"]


def test_a_corrected_tie_sends_the_other_one_on(playoffs: Tournament) -> None:
    enter(leg(playoffs, 1), played(3, 0))
    enter(leg(playoffs, 2), played(0, 0))
    first = leg(playoffs, 1)
    assert first.tie
    assert first.tie.winner_id == first.home_id
    enter(first, played(0, 3))
    assert leg(playoffs, 1).tie.winner_id == first.away_id  # type: ignore[union-attr]
    assert Participant.objects.get(pk=first.home_id).status == "ELIMINATED"


def test_the_last_results_complete_the_tournament_and_a_correction_opens_it(
    playoffs: Tournament,
) -> None:
    stage.knock_out(playoffs, rounds=5)
    playoffs.refresh_from_db()
    assert playoffs.status == "COMPLETED"
    final = leg(playoffs, 1, "FINAL")
    enter(final, BACK)
    playoffs.refresh_from_db()
    assert playoffs.status == "KNOCKOUTS"
    enter(final, played(0, 1))
    assert Participant.objects.get(status="WINNER").pk == final.away_id


# --- Corrections -------------------------------------------------------------------------------


def preview(match: Match, entered: Entered) -> corrections.Preview:
    return corrections.preview(match.tournament_id, lambda: enter(match, entered))


def test_a_preview_tells_everything_and_changes_nothing(match: Match) -> None:
    enter(match, played(2, 1))
    before = list(Standing.objects.order_by("pk").values())
    found = preview(match, played(1, 2)).changes
    assert [row["to"]["result"] for row in found["results"]] == ["1–2"]
    lines = {row["id"]: row["to"] for row in found["table"]}
    assert lines[match.away_id]["total"] == 3
    assert list(Standing.objects.order_by("pk").values()) == before
    assert Result.objects.count() == 1
    assert not Event.objects.filter(kind="tournaments.ResultCorrected").exists()


def test_a_correction_needs_the_token_of_its_preview(match: Match) -> None:
    corrections.enter(match.pk, played(2, 1), "", by=LEA, now=NOW)
    with pytest.raises(Unseen) as unseen:
        corrections.enter(match.pk, played(1, 2), "", by=LEA, now=NOW)
    assert unseen.value.code == "preview_needed"
    token = preview(match, played(1, 2)).token
    assert token == unseen.value.preview.token
    corrections.enter(match.pk, played(1, 2), token, by=LEA, now=NOW)
    assert points(match.away) == 3


def test_a_preview_tells_what_viewers_get_and_what_they_will_owe(match: Match) -> None:
    winner, loser = stage.viewer("Win"), stage.viewer("Lose")
    for viewer, side in ((winner, "home"), (loser, "away")):
        ledger.credit(viewer.pk, 100, CAUSE, key=f"start:{viewer.pk}")
        predictions.predict(match.pk, viewer, side, 100, "a")
    enter(match, played(2, 1))
    ledger.debit(winner.pk, 150, CAUSE, key="spent")
    found = preview(match, played(1, 2))
    assert [(row["title"], row["change"], row["owes"]) for row in found.changes["points"]] == [
        ("Win", -200, 150),
        ("Lose", 200, 0),
    ]
    corrections.enter(match.pk, played(1, 2), found.token, by=LEA, now=NOW)
    assert ledger_owes(winner) == 150
    assert audit.check() == []


def ledger_owes(viewer: Viewer) -> int:
    return Viewer.objects.values_list("points__owed", flat=True).get(pk=viewer.pk)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_at_once_the_second_sees_what_the_first_did() -> None:
    match = stage.tournament(8).matches.filter(matchday=1)[0]
    start = threading.Barrier(2)

    def press(score: Entered) -> str:
        try:
            start.wait(5)
            corrections.enter(match.pk, score, "", by=LEA, now=NOW)
        except Unseen as unseen:
            return unseen.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as both:
        said = list(both.map(press, [played(1, 0), played(0, 1)]))
    assert sorted(said) == ["", "preview_needed"]
    assert Result.objects.count() == 1


def test_a_preview_that_something_else_overtook_is_shown_anew(
    cup: Tournament, match: Match
) -> None:
    enter(match, played(2, 1))
    token = preview(match, played(1, 2)).token
    other = cup.matches.filter(matchday=1).exclude(pk=match.pk)[0]
    enter(other, played(5, 0))
    with pytest.raises(Unseen) as unseen:
        corrections.enter(match.pk, played(1, 2), token, by=LEA, now=NOW)
    assert unseen.value.code == "preview_stale"
    assert points(match.home) == 3
    corrections.enter(match.pk, played(1, 2), unseen.value.preview.token, by=LEA, now=NOW)


def test_a_preview_of_what_is_so_already_needs_no_token(match: Match) -> None:
    enter(match, played(2, 1))
    corrections.enter(match.pk, played(2, 1), "", by=LEA, now=NOW)
    assert preview(match, played(2, 1)).is_empty


@pytest.fixture
def decided(playoffs: Tournament) -> Match:
    """The second leg of a tie that its home player has won."""
    enter(leg(playoffs, 1), played(0, 0))
    second = leg(playoffs, 2)
    enter(second, played(1, 0))
    return second


def follow_up(decided: Match) -> Match:
    """Return the first match of the round that the winner of this one has reached."""
    theirs = Q(home=decided.home_id) | Q(away=decided.home_id)
    return decided.tournament.matches.get(theirs, phase="SEMI_FINAL", leg=1)


def test_a_preview_names_the_matches_that_others_play_instead(decided: Match) -> None:
    next_leg = follow_up(decided)
    enter(next_leg, played(2, 2))
    found = preview(decided, played(0, 1)).changes
    assert next_leg.pk in [match["id"] for match in found["set_aside"]]
    assert len(found["set_aside"]) == len(found["made"]) == 2
    assert {change["to"]["status"] for change in found["players"]} == {"ACTIVE", "ELIMINATED"}


def test_a_correction_and_its_reverse_lead_back(decided: Match) -> None:
    cup = decided.tournament
    enter(follow_up(decided), played(2, 2))
    before = content(cup)
    enter(decided, played(0, 1))
    assert content(cup) != before
    enter(decided, played(1, 0))
    assert content(cup) == before


def content(cup: Tournament) -> list[object]:
    """Return all that follows from the results."""
    counting = cup.matches.counting().order_by("pk")
    return [
        list(cup.standings.order_by("pk").values()),
        list(cup.ties.order_by("pk").values()),
        list(cup.participants.order_by("pk").values()),
        list(counting.values("pk", "home", "away", "outcome", "home_goals", "away_goals")),
        Tournament.objects.get(pk=cup.pk).status,
    ]
