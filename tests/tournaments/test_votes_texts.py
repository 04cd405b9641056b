"""What chat hears of a vote."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.tournaments import stage
from tests.tournaments.betting import begin, cast, live_match, rich
from tournaments.models import Match, VoteEvent
from tournaments.services import votes
from tournaments.services.votes.announcing import line


@pytest.fixture
def match(db: None) -> Match:
    match = live_match(stage.tournament(8, most_bonus_per_match=2))
    for player, name in ((match.home, "Ann"), (match.away, "Bo")):
        player.viewer.display_name = name
        player.viewer.save()
    return match


def told(event: VoteEvent) -> str:
    votes.finish(event.pk, now=timezone.now())
    return line(votes.events().get(pk=event.pk))


def test_the_winner_is_named_with_what_it_brings(match: Match) -> None:
    event = begin(match)
    cast(event, rich())
    assert told(event) == "Ann wins the vote against Bo with 1 to 0, and gets 1 league point."


def test_a_vote_for_nothing_brings_applause(match: Match) -> None:
    event = begin(match, points_award=0)
    cast(event, rich(), "away")
    assert told(event) == "Bo wins the vote against Ann with 1 to 0, and gets the applause."


def test_a_split_names_both(match: Match) -> None:
    event = begin(match, points_award=2, tie_rule=VoteEvent.TieRule.SPLIT)
    cast(event, rich())
    cast(event, rich(), "away")
    assert told(event).startswith("Ann and Bo are level in the vote with 1 each, and each gets 1 ")


@pytest.mark.parametrize(
    ("sides", "quorum", "why"),
    [
        ((), 1, "as nobody voted."),
        (("home", "away"), 1, "as both are level."),
        (("home",), 3, "as fewer than 3 viewers voted."),
    ],
)
def test_without_an_award_it_is_said_why(
    match: Match, sides: tuple[str, ...], quorum: int, why: str
) -> None:
    event = begin(match, quorum=quorum)
    for side in sides:
        cast(event, rich(), side)
    assert why in told(event)


def test_a_cancelled_vote_says_that_it_cost_nothing(match: Match) -> None:
    event = begin(match)
    votes.cancel(event.pk, by="Ada", now=timezone.now())
    assert told(event) == "Ann – Bo: the vote was cancelled. What votes cost is back."
