"""Matches before their result: their times, going live, the score so far, and what is told."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from redis import Redis
from redis.client import PubSub

from points.services import ledger
from points.services.ledger import Cause
from pushes import wire
from sagas.flow import Refused
from sagas.models import Event
from tests.tournaments import stage
from tests.tournaments.stage import KICKOFF
from tournaments.models import Drawing, Match, Tournament
from tournaments.rules.scores import PLAYED, Entered, Score
from tournaments.services import matches, predictions, results, votes
from tournaments.services.matches import Day
from tournaments.services.results import By

pytestmark = pytest.mark.django_db

NOW = KICKOFF
LATER = KICKOFF + timedelta(days=1)
Commits = Callable[..., Any]


@pytest.fixture
def cup() -> Tournament:
    return stage.tournament(8)


@pytest.fixture
def match(cup: Tournament) -> Match:
    found = cup.matches.filter(matchday=1).first()
    assert found
    return found


@pytest.fixture
def heard(match: Match) -> Iterator[PubSub]:
    """What the sockets of the match and of its tournament hear."""
    with Redis.from_url(settings.REDIS_URL) as redis, redis.pubsub() as heard:
        heard.subscribe(wire.channel(match.group), wire.channel(match.tournament.group))
        for _ in range(2):
            assert heard.get_message(timeout=5)
        yield heard


def all_messages(heard: PubSub) -> dict[str, list[dict[str, Any]]]:
    """Return what was pushed to each group so far."""
    last = b"that was all"
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.publish(next(iter(heard.channels)), last)
    said = defaultdict[str, list[dict[str, Any]]](list)
    while message := heard.get_message(timeout=10):
        if message["data"] == last:
            break
        said[message["channel"].decode()].append(json.loads(message["data"]))
    return {name.removeprefix(wire.channel("")): rows for name, rows in said.items()}


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as why:
        act()
    return why.value.code


def test_a_day_is_scheduled_at_once(cup: Tournament) -> None:
    start, apart = LATER, timedelta(minutes=20)
    matches.schedule_day(cup.pk, Day("LEAGUE", 3), start, apart, by="lea", now=NOW)
    times = cup.matches.filter(matchday=3).order_by("scheduled_at").values_list("scheduled_at")
    assert [at for (at,) in times] == [start + n * apart for n in range(4)]
    assert cup.changes.get(verb="scheduled_day").details["day"] == "match day 3"


def test_what_has_begun_keeps_its_time(cup: Tournament, match: Match) -> None:
    matches.go_live(match.pk, by="lea", now=NOW)
    moved = matches.schedule_day(cup.pk, Day("LEAGUE", 1), LATER, timedelta(), by="lea", now=NOW)
    assert match.pk not in {each.pk for each in moved}
    assert refused(lambda: matches.schedule(match.pk, LATER, by="lea", now=NOW)) == "has_begun"


def test_a_day_without_matches_is_not_scheduled(cup: Tournament) -> None:
    day = Day("FINAL", 1)
    code = refused(lambda: matches.schedule_day(cup.pk, day, LATER, timedelta(), by="lea", now=NOW))
    assert code == "nothing_to_schedule"


def test_a_time_may_be_open_again(match: Match) -> None:
    matches.schedule(match.pk, None, by="lea", now=NOW)
    assert Match.objects.get(pk=match.pk).scheduled_at is None


@pytest.mark.parametrize("year", [1, 2010, 9999])
def test_a_year_that_was_mistyped_is_refused(match: Match, year: int) -> None:
    at = NOW.replace(year=year)
    assert refused(lambda: matches.schedule(match.pk, at, by="lea", now=NOW)) == "far_away"
    day = matches.Day.of(match)
    apart = timedelta(days=1)
    assert (
        refused(
            lambda: matches.schedule_day(match.tournament_id, day, at, apart, by="lea", now=NOW)
        )
        == "far_away"
    )


def test_going_live_locks_predictions_and_is_announced_once(match: Match) -> None:
    viewer = stage.viewer()
    ledger.credit(viewer.pk, 100, Cause("test", "1"), key="start")
    matches.go_live(match.pk, by="lea", now=NOW)
    matches.go_live(match.pk, by="lea", now=LATER)
    match.refresh_from_db()
    assert (match.status, match.live_at, match.home_goals) == ("LIVE", NOW, 0)
    assert Event.objects.filter(kind="tournaments.MatchWentLive").count() == 1
    assert refused(lambda: predictions.predict(match.pk, viewer, "home", 5, "a")) == "locked"


def test_nothing_is_played_while_the_draw_is_being_shown(match: Match) -> None:
    Drawing.objects.update(revealed_at=None)
    assert refused(lambda: matches.go_live(match.pk, by="lea", now=NOW)) == "not_revealed"


def test_every_goal_is_told_with_the_next_number(
    match: Match, heard: PubSub, django_capture_on_commit_callbacks: Commits
) -> None:
    matches.go_live(match.pk, by="lea", now=NOW)
    diary = match.tournament.changes.count()
    with django_capture_on_commit_callbacks(execute=True):
        matches.score(match.pk, 1, 0)
        matches.score(match.pk, 1, 0)
        matches.score(match.pk, 1, 1)
    assert match.tournament.changes.count() == diary
    said = all_messages(heard)
    own = said[match.group]
    assert [(each["type"], each["home_goals"], each["away_goals"]) for each in own] == [
        ("SCORE_UPDATE", 1, 0),
        ("SCORE_UPDATE", 1, 1),
    ]
    assert own[1]["seq"] == own[0]["seq"] + 1 == Match.objects.get(pk=match.pk).seq
    whole = said[match.tournament.group]
    assert whole[-1]["seq"] == Tournament.objects.get().revision
    assert {"changed", "SCORE_UPDATE"} == {each["type"] for each in whole}


@pytest.mark.parametrize(("home", "away"), [(-1, 0), (0, 100)])
def test_senseless_goals_are_not_shown(match: Match, home: int, away: int) -> None:
    matches.go_live(match.pk, by="lea", now=NOW)
    assert refused(lambda: matches.score(match.pk, home, away)) == "out_of_range"


def test_only_live_matches_have_a_score_so_far(match: Match) -> None:
    assert refused(lambda: matches.score(match.pk, 1, 0)) == "not_live"


def test_a_match_that_went_live_by_mistake_is_called_back(match: Match) -> None:
    matches.go_live(match.pk, by="lea", now=NOW)
    matches.call_back(match.pk, by="lea", now=NOW)
    match.refresh_from_db()
    assert (match.status, match.live_at, match.home_goals) == ("SCHEDULED", None, None)


def test_a_match_that_was_voted_on_is_called_back_after_the_refund(match: Match) -> None:
    matches.go_live(match.pk, by="lea", now=NOW)
    event = votes.start(match.pk, votes.Terms(), by="lea", now=NOW)
    assert refused(lambda: matches.call_back(match.pk, by="lea", now=NOW)) == "has_votes"
    votes.cancel(event.pk, by="lea", now=NOW)
    matches.call_back(match.pk, by="lea", now=NOW)
    assert Match.objects.get(pk=match.pk).status == "SCHEDULED"


def test_what_has_its_result_neither_goes_live_nor_back(match: Match) -> None:
    results.resolve(match.pk, Entered(PLAYED, Score(1, 0)), by=By("lea"), now=NOW)
    assert refused(lambda: matches.go_live(match.pk, by="lea", now=NOW)) == "completed"
    assert refused(lambda: matches.call_back(match.pk, by="lea", now=NOW)) == "completed"


def test_a_result_ends_the_vote_that_goes_on(match: Match) -> None:
    matches.go_live(match.pk, by="lea", now=NOW)
    event = votes.start(match.pk, votes.Terms(), by="lea", now=NOW)
    results.resolve(match.pk, Entered(PLAYED, Score(1, 0)), by=By("lea"), now=NOW)
    event.refresh_from_db()
    assert event.status == "COMPLETED"
