"""Song requests, from the pasted link to their end."""

from __future__ import annotations

import pytest

from songqueue.models import SongRequest
from tests.songqueue.show import Show

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_song_is_queued_its_points_spent_and_its_viewer_told(show: Show) -> None:
    request = show.request("Paper Lanterns")
    assert (request.status, request.code) == ("queued", "")
    assert show.queued() == [request.track_id]
    assert show.settlings(request) == ["redemption_fulfilled"]
    (line,) = show.said()
    assert line.startswith("@Ada queued: Paper Lanterns – Marrow, Tide · #1")
    assert show.run(request).status == "completed"
    assert request.place_told == 1


def test_a_song_that_cannot_be_found_is_refunded(show: Show) -> None:
    request = show.request(text="play something nice")
    assert (request.status, request.code) == ("refused", "not_a_link")
    assert show.settlings(request) == ["redemption_canceled"]
    (line,) = show.said()
    assert line.startswith("@Ada refunded: no Spotify link")
    assert show.queued() == []
    assert SongRequest.objects.get().ended_at is not None
