"""Voting in chat."""

from __future__ import annotations

import pytest
from django.utils import timezone

from sagas.flow import Refused
from tests.tournaments import stage
from tests.tournaments.betting import balance, begin, live_match, rich, time_is_over
from tournaments.commands import vote
from tournaments.models import Match, Tournament, Vote
from tournaments.services import votes
from twitch.models import Viewer
from twitch.registry import Invocation, Permission


@pytest.fixture
def made(db: None) -> Tournament:
    return stage.tournament(8)


@pytest.fixture
def match(made: Tournament) -> Match:
    return live_match(made)


def say(viewer: Viewer, argument: str, message_id: str = "m1") -> str:
    now = timezone.now()
    return vote(Invocation(message_id, viewer, Permission.EVERYONE, "vote", argument, now))


def test_a_vote_in_chat_counts_silently(match: Match) -> None:
    event, viewer = begin(match), rich(100)
    away = match.away.viewer
    assert say(viewer, f"@{away.login.upper()}") == ""
    # The same message again is the same vote.
    assert say(viewer, away.display_name) == ""
    cast = Vote.objects.get()
    assert (cast.event, cast.participant, balance(viewer)) == (event, match.away, 90)
    assert say(viewer, away.login, "m2") == ""
    assert Vote.objects.count() == 1


def test_a_vote_that_comes_too_late_is_not_argued_about(match: Match) -> None:
    event, viewer = begin(match), rich(100)
    time_is_over(event)
    assert say(viewer, match.home.viewer.login) == ""
    votes.finish(event.pk, now=timezone.now())
    assert say(viewer, match.home.viewer.login, "m2") == ""
    assert balance(viewer) == 100


def test_who_cannot_pay_is_told_so(match: Match) -> None:
    begin(match)
    with pytest.raises(Refused, match="not_enough_points"):
        say(rich(5), match.home.viewer.login)


def test_who_names_nobody_is_told_whom_they_can_name(made: Tournament, match: Match) -> None:
    viewer = rich(name="Ann")
    viewer.login = "ann"
    begin(match)
    begin(live_match(made, 1))
    for argument in ("", "nobody", "%s {0} \u202e"):
        told = say(viewer, argument)
        assert told.startswith("@Ann you can vote for ")
        assert told.count(" or ") == 3
    assert not Vote.objects.exists()


def test_a_player_does_not_vote_in_chat_either(match: Match) -> None:
    begin(match, cost_per_vote=0)
    with pytest.raises(Refused, match="plays_in_it"):
        say(match.home.viewer, match.home.viewer.login)
