"""What was earned is told once, and what comes together is told together."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic

import pytest
import time_machine
from django.utils import timezone

from achievements.models import Announcement, Standing
from achievements.services import announcing, hiding
from sagas.models import Event, Run
from sagas.services import publish
from sagas.tasks import advance
from tests.achievements.conftest import refund, roll, song, started, viewer
from tests.backstage import Backstage
from tests.sagas.driving import lead, let_time_pass
from twitch.models import Viewer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def backstage(rehearsal_url: str) -> Backstage:
    backstage = Backstage(rehearsal_url)
    backstage.connect()
    return backstage


def said(backstage: Backstage) -> list[str]:
    return [effect["detail"]["text"] for effect in backstage.effects("chat_sent")]


def shown() -> list[Event]:
    return list(Event.objects.filter(kind="achievements.AchievementsUnlocked").order_by("id"))


def later(moment: datetime) -> None:
    """Lead what waits for the pause after an announcement, as if it was over."""
    with time_machine.travel(moment + announcing.PAUSE + timedelta(seconds=1), tick=True):
        let_time_pass()
        lead()


def test_an_unlock_is_said_once_and_shown_once(ann: Viewer, backstage: Backstage) -> None:
    for _ in range(2):
        publish(roll(ann, 1, 5000), key="roll_1")
        advance()
    assert said(backstage) == [
        "🏆 Unlocked: @Ann 🎲 Feeling Lucky, 💔 Heartbreaker",
    ]
    assert [event.payload["total"] for event in shown()] == [2]
    assert not Standing.objects.waiting_to_be_told().exists()


def test_one_alone_is_said_with_what_it_took(ann: Viewer, backstage: Backstage) -> None:
    publish(song(ann, 1), key="song_1")
    advance()
    assert said(backstage) == ["🏆 @Ann unlocked 🎵 First Timer: Request your first song."]
    (unlock,) = shown()[0].payload["unlocks"]
    assert (unlock["viewer_name"], unlock["achievement"]) == ("Ann", "first_request")


def test_a_hundred_at_once_are_few_lines_and_cards_and_all_on_record(
    backstage: Backstage, db: None
) -> None:
    for number in range(100):
        publish(song(viewer(number, f"Viewer{number}"), number), key=f"song_{number}")
    began = monotonic()
    lead()
    later(timezone.now())
    cards = [event.payload for event in shown()]
    # One at once, one after the pause, and one more for each pause that this took by itself.
    assert len(cards) <= 2 + (monotonic() - began) / announcing.PAUSE.total_seconds()
    assert sum(card["total"] for card in cards) == 100
    assert all(len(card["unlocks"]) <= announcing.SHOWN for card in cards)
    assert len(said(backstage)) == len(cards)
    assert all(len(line) <= 500 for line in said(backstage))
    assert any(line.endswith("more") for line in said(backstage))
    assert Standing.objects.held().filter(announcement__isnull=False).count() == 100
    assert set(Run.objects.values_list("status", flat=True)) == {"completed"}


def test_what_is_taken_back_before_it_was_said_is_not_said(
    ann: Viewer, bob: Viewer, backstage: Backstage
) -> None:
    publish(song(bob, 1), key="song_1")
    advance()
    first = song(ann, 2)
    publish(first, key="song_2")
    advance()
    publish(refund(first, 3), key="refund")
    advance()
    later(timezone.now())
    assert [line.split()[1] for line in said(backstage)] == ["@Bob"]


def test_what_is_earned_again_after_a_refund_is_not_said_again(
    ann: Viewer, backstage: Backstage
) -> None:
    first = song(ann, 1)
    for fact, key in ((first, "1"), (refund(first, 2), "2"), (song(ann, 3), "3")):
        publish(fact, key=key)
        advance()
    later(timezone.now())
    assert len(said(backstage)) == 1
    assert Standing.objects.held().filter(definition="first_request").exists()


def test_who_hides_is_counted_and_not_told_of(ann: Viewer, backstage: Backstage) -> None:
    hiding.hide(ann)
    publish(song(ann, 1), key="song_1")
    advance()
    assert said(backstage) == []
    assert shown() == []
    assert Standing.objects.held().filter(viewer=ann).count() == 1


def test_a_line_whose_answer_is_lost_is_not_said_again(ann: Viewer, backstage: Backstage) -> None:
    backstage.breaks("drop_after", path="/twitch/helix/chat/messages", count=1)
    publish(song(ann, 1), key="song_1")
    advance()
    let_time_pass()
    advance()
    assert len(said(backstage)) == 1
    assert Run.objects.get(saga="achievements.announcement").status == "completed"


def test_a_fact_whose_counting_fails_is_counted_once_when_it_works(backstage: Backstage) -> None:
    nobody = Viewer(id="2001", login="ann", display_name="Ann")
    publish(started(1, 0), key="stream_1")
    # The database refuses a fact about a viewer whom it does not know, when all else is done.
    publish(song(nobody, 1), key="song_1")
    advance()
    assert not Standing.objects.exists()
    assert not Announcement.objects.exists()
    nobody.save(force_insert=True)
    let_time_pass()
    advance()
    assert Standing.objects.get(definition="request_10").progress == 1
    assert len(said(backstage)) == 1
