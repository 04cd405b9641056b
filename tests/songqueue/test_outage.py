"""Spotify away in the middle of a show: everyone is refunded and told, and then it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from sagas.models import Run
from songqueue.models import Board
from songqueue.services import player
from spotify.models import Call
from spotify.services import tracks
from tests.sagas.driving import lead, lead_on, let_time_pass
from tests.songqueue.show import TITLE, Show

pytestmark = pytest.mark.django_db(transaction=True)

REQUESTS = 20
OUTAGE = timedelta(minutes=10)


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        yield clock


def look() -> None:
    player.read_soon(timedelta(0))
    player.sync(timezone.now())


@pytest.mark.parametrize("fault", ["500", "drop_after"])
def test_ten_minutes_without_spotify_refund_twenty_viewers_with_one_line_each(
    show: Show, clock: time_machine.Coordinates, fault: str
) -> None:
    show.rules(repeat_minutes=0)
    show.backstage.connect(expires_in=9_000_000)
    show.backstage.connect_spotify(expires_in=9_000_000)
    # What was on before is known: for half of the songs there is nothing to ask but the queue.
    look()
    show.backstage.breaks(fault, path="/spotify/v1")
    look()
    clock.shift(20)
    catalogue = show.backstage.spotify()["catalogue"]
    songs = [row["url"] for row in catalogue if row["duration_ms"] < 600_000][:REQUESTS]
    made = []
    for number in range(REQUESTS):
        viewer = f"v{number}"
        show.backstage.control("viewer", login=viewer, points=1_000)
        made.append(show.backstage.redeem(TITLE, viewer, user_input=songs[number % len(songs)]))
        show.deliver(made[-1])
        lead_on()
        clock.shift(OUTAGE / REQUESTS)
        player.sync(timezone.now())

    requests = [show.of(redemption) for redemption in made]
    assert {(row.status, row.code) for row in requests} == {("refused", "spotify_unavailable")}
    assert all(show.settlings(row) == ["redemption_canceled"] for row in requests)
    assert not Run.objects.stuck().exists()
    assert len(show.said()) == REQUESTS
    assert show.queued() == []
    assert Board.objects.get().problem == "unavailable"

    show.backstage.control("faults", verb="DELETE")
    assert show.see_through("Respawn").status == "queued"
    look()
    assert Board.objects.get().problem == ""


def test_who_asks_first_in_an_outage_has_the_song_after_it(
    show: Show, clock: time_machine.Coordinates
) -> None:
    show.backstage.connect(expires_in=9_000_000)
    show.backstage.connect_spotify(expires_in=9_000_000)
    before = show.request("Cumulus")
    look()
    track = show.backstage.track("Respawn")["id"]
    tracks.find(track)
    show.backstage.breaks("500", path="/spotify/v1")
    redemption = show.redeem("Respawn")
    lead()
    calls = Call.objects.count()
    for _ in range(10):
        clock.shift(60)
        let_time_pass()
        lead()
    assert show.run(show.of(redemption)).status == "waiting"
    assert Call.objects.count() - calls <= 20
    show.backstage.control("faults", verb="DELETE")
    lead_on()
    assert show.of(redemption).status == "queued"
    assert show.queued() == [before.track_id, track]
    assert len(show.said()) == 2


def test_the_calls_of_an_outage_leave_enough_for_the_day(
    show: Show, clock: time_machine.Coordinates
) -> None:
    show.backstage.breaks("500", path="/spotify/v1")
    before = Call.objects.count()
    for _ in range(300):
        player.sync(timezone.now())
        clock.shift(2)
    assert Call.objects.count() - before < 10
