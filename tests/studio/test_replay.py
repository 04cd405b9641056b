"""What happened is shown on the overlay once more, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from achievements.models import Definition, Standing
from overlay.models import Cue
from raffle.models import Roll
from songqueue.models import SongRequest
from spotify.models import Track
from studio.services.feed import feed
from twitch.models import Raid, Redemption, Viewer

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def ada() -> Viewer:
    return Viewer.objects.create(id="1", login="ada", display_name="Ada")


def redeem(viewer: Viewer, status: str = "FULFILLED") -> Redemption:
    return Redemption.objects.create(
        id="redemption",
        viewer=viewer,
        reward_twitch_id="reward",
        reward_title="Hydrate",
        redeemed_at=NOW,
        status=status,
    )


def roll(viewer: Viewer, status: str = "FULFILLED") -> None:
    Roll.objects.create(
        redemption=redeem(viewer, status),
        viewer=viewer,
        roll=4203,
        winning_number=4207,
        distance=4,
        rolled_at=NOW,
    )


def request(viewer: Viewer, status: str = "FULFILLED") -> None:
    track = Track.objects.create(
        id="6rqhFgbbKwnb9MLmUQDhG6",
        name="Paper Lanterns",
        artists=["Low Tide Radio"],
        duration_ms=214_000,
        fetched_at=NOW,
    )
    SongRequest.objects.create(
        redemption=redeem(viewer, status),
        viewer=viewer,
        track=track,
        status="queued",
        lined_up_at=NOW,
        queued_at=NOW,
    )


def raid(viewer: Viewer) -> None:
    Raid.objects.create(message_id="m", raider=viewer, viewers=12, raided_at=NOW)


def unlock(viewer: Viewer) -> None:
    definition = Definition.objects.get(key="first_request")
    Standing.objects.create(definition=definition, viewer=viewer, earned_at=NOW)


@pytest.mark.parametrize(
    ("happen", "kind", "told"),
    [
        (roll, "roll", {"name": "Ada", "roll": 4203, "distance": 4}),
        (request, "song_requested", {"name": "Ada", "title": "Paper Lanterns"}),
        (raid, "raid", {"name": "Ada", "viewers": 12}),
        (unlock, "achievement", {"total": 1}),
    ],
)
def test_what_the_feed_tells_is_shown_again(
    ada: Viewer, streamer: Client, happen: Any, kind: str, told: dict[str, Any]
) -> None:
    happen(ada)
    (entry,) = feed()
    assert entry.scene == kind
    answer = streamer.post(f"/studio/replays/{entry.scene}/{entry.subject}")
    assert answer.json() == {"detail": "It is on its way to every overlay."}
    cue = Cue.objects.get()
    assert cue.kind == kind
    assert told.items() <= cue.payload.items()
    # It happened: it is no test.
    assert "is_test" not in cue.payload


@pytest.mark.parametrize(
    ("happen", "scene", "status"),
    [
        (request, "song_requested", "CANCELED"),
        (roll, "roll", "CANCELED"),
        (roll, "roll", "UNFULFILLED"),
    ],
)
def test_what_was_taken_back_or_may_yet_be_is_not_shown(
    ada: Viewer, streamer: Client, happen: Any, scene: str, status: str
) -> None:
    happen(ada, status)
    (entry,) = feed()
    assert entry.scene == ""
    assert streamer.post(f"/studio/replays/{scene}/{entry.subject}").status_code == 404


@pytest.mark.parametrize(
    "what", ["roll/x", "raid/x", "achievement/x", "achievement/²", "achievement/9" * 9, "table/1"]
)
def test_what_is_not_there_is_said_to_be_so(streamer: Client, what: str) -> None:
    answer = streamer.post(f"/studio/replays/{what}")
    assert answer.status_code == 404
    assert not Cue.objects.exists()
