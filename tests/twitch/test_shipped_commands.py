"""The chat commands that come with Twitch's part: what they answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.utils import timezone

from sagas.flow import Refused
from tests.backstage import live
from twitch.models import Command, Viewer
from twitch.registry import Invocation, Permission, commands
from twitch.services.commands import editing

pytestmark = pytest.mark.django_db

Say = Callable[..., str]


@pytest.fixture
def say() -> Say:
    """Lets somebody of a rank type a command; returns the answer, also where it is a refusal."""
    ann = Viewer.objects.create(id="2001", login="ann", display_name="Ann")

    def typed(line: str, rank: Permission = Permission.EVERYONE) -> str:
        name, _, argument = line.removeprefix("!").partition(" ")
        call = Invocation("m1", ann, rank, name, argument, timezone.now())
        try:
            return commands()[name].answer(call)
        except Refused as refused:
            return refused.sentence

    return typed


@pytest.fixture
def today() -> Command:
    """A command whose value VIPs may update."""
    return editing.create(
        {
            "name": "today",
            "kind": "value",
            "template": "Today: {value}",
            "write_permission": Permission.VIP,
        },
        ["tonight"],
    )


def test_commands_are_listed_up_to_the_callers_rank(say: Say, today: Command) -> None:
    editing.create({"name": "discord", "template": "Join us!"}, ["dc"])
    editing.create({"name": "gone", "template": "x", "is_enabled": False}, [])
    everyone = say("!commands")
    assert "!discord" in everyone
    assert "!uptime" in everyone
    for absent in ("!dc", "!gone", "!today", "!update", "!skip"):
        assert absent not in everyone.split()
    moderators = say("!commands", Permission.MODERATOR)
    assert moderators.startswith("For everyone: ")
    assert moderators.index("For VIPs: !update") < moderators.index("For moderators: ")


def test_the_time_is_that_of_the_streamer(say: Say, settings: LazySettings) -> None:
    settings.CHANNEL_TIME_ZONE = "America/New_York"
    with time_machine.travel(datetime(2026, 5, 1, 12, 30, tzinfo=UTC), tick=False):
        assert say("!time") == "It is 08:30 here (America/New York)."


def test_uptime_is_that_of_the_session(say: Say) -> None:
    assert say("!uptime") == "The stream is not live right now."
    live(started_at=timezone.now() - timedelta(minutes=125))
    assert say("!uptime") == "We have been live for 2 h 5 min."


@pytest.mark.parametrize("word", ["today", "!today", "TODAY", "tonight"])
def test_a_value_is_updated_by_any_name_with_its_case_kept(
    say: Say, today: Command, word: str
) -> None:
    assert say(f"!update {word} Learning Chess {{user}}", Permission.VIP) == "Updated: !today."
    today.refresh_from_db()
    assert today.value == "Learning Chess {user}"


def test_who_may_not_update_is_told_who_may(say: Say, today: Command) -> None:
    assert say("!update today x") == "Only VIPs may update !today."
    today.refresh_from_db()
    assert today.value == ""


@pytest.mark.parametrize("word", ["nothing", "discord", "uptime", "off"])
def test_what_has_no_value_is_not_updated(say: Say, word: str) -> None:
    editing.create({"name": "discord", "template": "Join us!"}, [])
    off = {"name": "off", "kind": "value", "template": "{value}", "is_enabled": False}
    editing.create(off, [])
    answer = say(f"!update {word} x", Permission.BROADCASTER)
    assert answer == f"There is no !{word} that chat could update."
    assert not Command.objects.exclude(value="").exists()


@pytest.mark.parametrize("argument", ["", "today", "https://evil.example/x now", "! now", "@ann x"])
def test_without_a_name_and_a_value_it_says_how_and_repeats_nothing(
    say: Say, today: Command, argument: str
) -> None:
    answer = say(f"!update {argument}", Permission.BROADCASTER)
    assert answer == "Say what to update and to what: !update today learning chess"
