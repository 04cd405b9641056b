from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from achievements.services import counting
from points.services import people
from raffle.models import Roll
from tests.achievements.conftest import roll, song, started
from twitch.models import Redemption, Viewer
from twitch.registry import Invocation, Permission, commands

STRANGER = "Nobody of that name has been seen here yet."
Say = Callable[[Viewer, str], str]


@pytest.fixture
def say(db: None) -> Say:
    """Lets a viewer type a command; returns the answer."""

    def typed(viewer: Viewer, line: str) -> str:
        name, _, argument = line.removeprefix("!").partition(" ")
        call = Invocation("1", viewer, Permission.EVERYONE, name, argument, timezone.now())
        return commands()[name].answer(call)

    return typed


@pytest.fixture
def evening(ann: Viewer) -> None:
    """Ann opens the stream, and rolls 400 off."""
    for fact in (started(1, 0), song(ann, 1), roll(ann, 3, 400)):
        counting.hear(fact)
    redemption = Redemption.objects.create(
        id="1",
        viewer=ann,
        reward_twitch_id="1",
        reward_title="Keyboard Raffle",
        redeemed_at=timezone.now(),
    )
    Roll.objects.create(
        redemption=redemption,
        viewer=ann,
        roll=401,
        winning_number=1,
        distance=400,
        rolled_at=timezone.now(),
    )


def test_achievements_are_counted_and_the_latest_named(
    say: Say, ann: Viewer, evening: None
) -> None:
    answer = say(ann, "!achievements")
    assert answer.startswith("Ann has 4 of 13 achievements. The latest: ")
    assert "🎲 Feeling Lucky" in answer


@pytest.mark.parametrize("name", ["ann", "@ANN", "2001"])
def test_another_viewer_may_be_named(say: Say, bob: Viewer, evening: None, name: str) -> None:
    assert say(bob, f"!achievements {name}").startswith("Ann has 4 of 13")
    assert say(bob, f"!stats {name}").startswith("Ann: ")


def test_stats_are_songs_achievements_and_rolls(say: Say, ann: Viewer, evening: None) -> None:
    answer = say(ann, "!stats")
    assert answer == ("Ann: 0 songs, 4 of 13 achievements, 1 roll with 0 wins, closest miss 400.")


def test_who_has_done_nothing_is_told_kindly(say: Say, ann: Viewer, bob: Viewer) -> None:
    assert say(ann, "!achievements").startswith("Ann has none of the 13 achievements yet.")
    assert say(ann, "!stats bob") == "Bob has not requested a song or rolled yet."


def test_who_is_unknown_was_not_seen(say: Say, ann: Viewer) -> None:
    assert say(ann, "!stats nobody") == STRANGER


def test_who_hides_is_unknown_to_others_and_not_to_themselves(
    say: Say, ann: Viewer, bob: Viewer, evening: None
) -> None:
    assert "!showme" in say(ann, "!hideme")
    assert say(bob, "!achievements ann") == STRANGER
    assert say(ann, "!achievements").startswith("Ann has 4 of 13")
    assert say(ann, "!showme").endswith("/viewers/ann")
    assert not people.is_hidden(ann)
    assert say(bob, "!achievements ann").startswith("Ann has 4")
