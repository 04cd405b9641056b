"""A roll that was made and a song that was requested become cues, once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from overlay.models import Cue
from raffle.events import RollMade
from sagas.services import publish
from sagas.tasks import advance
from songqueue.events import SongRequested
from twitch.events import RaidReceived, StreamStarted
from twitch.models import Viewer

pytestmark = pytest.mark.django_db(transaction=True)


def made(now: datetime) -> RollMade:
    return RollMade(
        roll_id="roll_1",
        viewer_id="42",
        viewer_name="Mo",
        roll=4203,
        winning_number=4207,
        distance=4,
        is_win=False,
        is_record=True,
        rolled_at=now,
    )


@pytest.fixture(autouse=True)
def _mo(transactional_db: None) -> Viewer:
    return Viewer.objects.create(pk="42", login="mo", display_name="Mo")


def test_a_roll_is_shown_with_all_that_the_page_needs(now: datetime) -> None:
    publish(made(now), key="roll_1")
    advance()
    assert Cue.objects.get(kind="roll").payload == {
        "name": "Mo",
        "roll": 4203,
        "winning_number": 4207,
        "distance": 4,
        "is_win": False,
        "is_record": True,
    }


def test_a_roll_that_is_announced_twice_is_shown_once(now: datetime) -> None:
    for _ in range(2):
        publish(made(now), key="roll_1")
        advance()
    assert Cue.objects.filter(kind="roll").count() == 1


def test_a_requested_song_is_shown_once_with_its_cover_and_who_asked(now: datetime) -> None:
    asked = SongRequested(
        song_id="song_1",
        redemption_id="r1",
        viewer_id="42",
        viewer_name="Mo",
        track_id="4uLU6hMCjMI75M1A2tKUQC",
        title="Paper Lanterns",
        artists=("Low Tide Radio",),
        cover_url="https://i.scdn.co/image/1",
        duration_ms=214_000,
        requested_at=now,
    )
    for _ in range(2):
        publish(asked, key="song_1")
        advance()
    cue = Cue.objects.get(kind="song_requested")
    assert cue.payload == {
        "name": "Mo",
        "title": "Paper Lanterns",
        "artists": ["Low Tide Radio"],
        "cover_url": "https://i.scdn.co/image/1",
    }


def test_a_raid_is_shown_once_with_who_came_and_how_many(now: datetime) -> None:
    Viewer.objects.create(pk="7", login="tinyorchestra", display_name="TinyOrchestra")
    came = RaidReceived("raid_1", "7", "tinyorchestra", "TinyOrchestra", 128, now)
    for _ in range(2):
        publish(came, key="raid_1")
        advance()
    assert Cue.objects.get(kind="raid").payload == {"name": "TinyOrchestra", "viewers": 128}


def test_a_raid_of_an_hour_ago_is_not_shown(now: datetime) -> None:
    Viewer.objects.create(pk="7", login="tinyorchestra", display_name="TinyOrchestra")
    came = RaidReceived("raid_1", "7", "tinyorchestra", "", 128, now - timedelta(hours=1))
    publish(came, key="raid_1")
    advance()
    assert not Cue.objects.exists()


@pytest.mark.parametrize(("minutes", "count"), [(2, 1), (30, 0)])
def test_the_beginning_of_a_show_is_told_while_it_is_news(
    now: datetime, minutes: int, count: int
) -> None:
    began_at = now - timedelta(minutes=minutes)
    publish(StreamStarted("stream_1", "1", began_at), key="stream_1")
    advance()
    assert Cue.objects.filter(kind="alert", payload__text="We are live").count() == count
