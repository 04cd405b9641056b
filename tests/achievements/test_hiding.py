"""Who hides is counted like everybody, and in no answer that others get."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from achievements.services import counting, hiding
from points.services import ledger
from points.services.ledger import Cause
from raffle.models import Roll
from songqueue.models import SongRequest
from spotify.models import Track
from tests.achievements.conftest import roll, song, started
from twitch.models import Redemption, Viewer

LISTS = (
    "/api/achievements/leaderboard",
    "/api/points/leaderboard",
    "/api/raffle/rolls",
    "/api/song-requests/history",
    "/api/stats/raffle/leaderboard",
    "/api/stats/top-requesters",
    "/queue",
)
# What is asked of one viewer: the addresses without the id.
FIGURES = (
    "/viewers/",
    "/api/achievements/viewers/",
    "/api/achievements/viewers/{}/unlocked",
    "/api/points/viewers/",
    "/api/stats/raffle/viewers/",
    "/api/stats/top-tracks?viewer=",
    "/api/stats/viewers/",
)


@pytest.fixture
def evening(ann: Viewer, bob: Viewer) -> None:
    """Both roll, have a song played, win achievements and have points."""
    counting.hear(started(1, 0))
    now = timezone.now()
    track = Track.objects.create(
        id="4uLU6hMCjMI75M1A2tKUQC", name="A song", duration_ms=261_000, fetched_at=now
    )
    for minute, viewer in enumerate((ann, bob), 1):
        counting.hear(song(viewer, minute))
        counting.hear(roll(viewer, minute, 4))
        ledger.credit(viewer.pk, 10, Cause("test", "1", "A test"), key=viewer.pk)
        Roll.objects.create(
            redemption=redeemed(viewer, "roll"),
            viewer=viewer,
            roll=5,
            winning_number=1,
            distance=4,
            rolled_at=now,
        )
        SongRequest.objects.create(
            redemption=redeemed(viewer, "song"),
            viewer=viewer,
            track=track,
            status="played",
            lined_up_at=now,
            started_at=now,
            ended_at=now,
        )


def redeemed(viewer: Viewer, what: str) -> Redemption:
    return Redemption.objects.create(
        id=f"{what}-{viewer.pk}",
        viewer=viewer,
        reward_twitch_id=what,
        reward_title=what,
        status="FULFILLED",
        redeemed_at=timezone.now(),
    )


def told(client: Client, address: str) -> tuple[int, str]:
    """Return the status and what is said, counted anew."""
    cache.clear()
    answer = client.get(address)
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("address", LISTS)
def test_no_list_names_who_hides(client: Client, evening: None, ann: Viewer, address: str) -> None:
    assert all(name in told(client, address)[1] for name in ("Ann", "Bob"))
    hiding.hide(ann)
    status, text = told(client, address)
    assert status == 200
    assert "Bob" in text
    assert "Ann" not in text
    assert f'"{ann.pk}"' not in text


@pytest.mark.parametrize("address", FIGURES)
def test_figures_of_who_hides_are_those_of_nobody(
    client: Client, evening: None, ann: Viewer, address: str
) -> None:
    def of(viewer_id: str) -> tuple[int, str]:
        whole = address if "{}" in address else f"{address}{{}}"
        return told(client, whole.format(viewer_id))

    assert of(ann.pk) != of("404")
    hiding.hide(ann)
    assert of(ann.pk) == of("404")
    hiding.show(ann)
    assert of(ann.pk) != of("404")
