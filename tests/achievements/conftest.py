"""An evening of facts, told as the apps below tell them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from raffle.events import RollMade
from songqueue.events import SongRefunded, SongRequested
from twitch.events import StreamEnded, StreamStarted
from twitch.models import Viewer

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def song(viewer: Viewer, minute: float, song_id: str = "") -> SongRequested:
    return SongRequested(
        song_id=song_id or f"song_{viewer.pk}_{minute}",
        redemption_id=f"redemption_{viewer.pk}_{minute}",
        viewer_id=viewer.pk,
        viewer_name=viewer.display_name,
        track_id="4uLU6hMCjMI75M1A2tKUQC",
        title="Never Gonna Give You Up",
        artists=("Rick Astley",),
        cover_url="",
        duration_ms=213_000,
        requested_at=at(minute),
    )


def refund(request: SongRequested, minute: float) -> SongRefunded:
    return SongRefunded(request.song_id, request.viewer_id, "lost", at(minute))


def roll(viewer: Viewer, minute: float, distance: int, roll_id: str = "") -> RollMade:
    return RollMade(
        roll_id=roll_id or f"roll_{viewer.pk}_{minute}",
        viewer_id=viewer.pk,
        viewer_name=viewer.display_name,
        roll=1 + distance,
        winning_number=1,
        distance=distance,
        is_win=distance == 0,
        is_record=False,
        rolled_at=at(minute),
    )


def started(number: int, minute: float) -> StreamStarted:
    return StreamStarted(f"stream_{number}", str(number), at(minute))


def ended(number: int, began: float, minute: float) -> StreamEnded:
    return StreamEnded(f"stream_{number}", str(number), at(began), at(minute))


def viewer(number: int, name: str) -> Viewer:
    return Viewer.objects.create(id=str(number), login=name.lower(), display_name=name)


@pytest.fixture
def ann(db: None) -> Viewer:
    return viewer(2001, "Ann")


@pytest.fixture
def bob(db: None) -> Viewer:
    return viewer(2002, "Bob")
