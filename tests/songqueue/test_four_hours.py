"""A show of four hours in a minute: what it costs of Spotify's calls."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from songqueue.models import Board, Play, SongRequest
from songqueue.services import player
from spotify.models import Call
from tests.sagas.driving import lead
from tests.songqueue.show import Show

pytestmark = pytest.mark.django_db(transaction=True)

SONGS, REQUESTS, MOST_CALLS = 70, 30, 400
HOURS = timedelta(hours=4)
TICK = timedelta(seconds=2)


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        yield clock


def pass_time(show: Show, clock: time_machine.Coordinates, until: datetime) -> None:
    """Let the time pass for the player and for us, to where something is to be read, or `until`."""
    due = Board.objects.get(pk=1).next_read_at or until
    now = timezone.now()
    step = max(min(due, until) - now, TICK)
    show.backstage.jump(seconds=step.total_seconds())
    clock.shift(step)
    if player.sync(timezone.now()):
        lead()


def test_a_show_of_four_hours_with_thirty_requests_stays_within_its_calls(
    show: Show, clock: time_machine.Coordinates, capsys: pytest.CaptureFixture[str]
) -> None:
    show.backstage.connect(expires_in=9_000_000)
    show.backstage.connect_spotify(expires_in=9_000_000)
    show.rules(fulfil="played", repeat_minutes=0, open_per_viewer=0)
    catalogue = show.backstage.spotify()["catalogue"]
    plain = [row for row in catalogue if row["playable"] and 120_000 < row["duration_ms"] < 220_000]
    began = timezone.now()
    player.read_soon(timedelta(0))
    made = []
    for number in range(REQUESTS):
        asks_at = began + HOURS * (number + 1) / (REQUESTS + 2)
        while timezone.now() < asks_at:
            pass_time(show, clock, asks_at)
        song = plain[number % len(plain)]
        made.append(show.redeem(text=song["url"], viewer="ada"))
        lead()
    while timezone.now() < began + HOURS:
        pass_time(show, clock, began + HOURS)

    started = show.backstage.effects("song_started")
    ends = [show.backstage.status(redemption) for redemption in made]
    with capsys.disabled():
        sys.stdout.write(
            f"\n  four hours: {len(started)} songs, {len(made)} requests,"
            f" {show.backstage.spotify_calls()} calls to Spotify\n"
        )
    assert len(started) >= SONGS
    assert ends.count("FULFILLED") == REQUESTS
    assert SongRequest.objects.filter(status="played").count() == REQUESTS
    assert Play.objects.filter(request__isnull=False).count() == REQUESTS
    assert show.backstage.spotify_calls() < MOST_CALLS
    assert Call.objects.count() == show.backstage.spotify_calls()
