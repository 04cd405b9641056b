"""All past shows in numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from tests.backstage import live
from twitch.models import StreamSession, ViewerCount

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ADDRESS = "/api/stats/streams"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()


def show(day: int, hours: int, *viewers: int) -> StreamSession:
    """Make an ended session with these counts, a minute apart."""
    began_at = NOON + timedelta(days=day)
    ended_at = began_at + timedelta(hours=hours)
    session = live(
        started_at=began_at,
        newest_started_at=began_at,
        live_at=ended_at,
        ended_at=ended_at,
        closed_at=ended_at,
    )
    _count(session, *viewers)
    return session


def _count(session: StreamSession, *viewers: int) -> None:
    for minute, number in enumerate(viewers):
        at = session.started_at + timedelta(minutes=minute)
        ViewerCount.objects.create(session=session, at=at, viewers=number)


def test_past_shows_are_summed_up_and_the_one_that_is_on_is_not(client: Client) -> None:
    show(0, 1, 10, 20)
    show(1, 4, 30, 45, 0, 0)
    _count(live(), 9_000)
    assert client.get(ADDRESS).json() == {
        "sessions": 2,
        "total_seconds": 18_000,
        "average_seconds": 9_000,
        "longest_seconds": 14_400,
        "peak_viewers": 45,
        "average_viewers": 17.5,
        "first_started_at": "2026-05-01T12:00:00Z",
        "last_ended_at": "2026-05-02T16:00:00Z",
    }


def test_before_the_first_show_there_is_nothing_to_sum_up(client: Client) -> None:
    sums = client.get(ADDRESS).json()
    assert [sums.pop(name) for name in ("sessions", "total_seconds")] == [0, 0]
    assert {sums.pop("average_seconds"), sums.pop("longest_seconds")} == {0}
    assert set(sums.values()) == {None}


def test_the_sums_are_remembered_for_a_minute(client: Client) -> None:
    first = client.get(ADDRESS)
    assert first["Cache-Control"] == "public, max-age=60"
    show(0, 1)
    assert client.get(ADDRESS).json() == first.json()


@pytest.mark.parametrize("rubbish", ["[]", "{", '[{"sessions": "many"}]', 7])
def test_a_corrupt_memory_is_not_believed(client: Client, rubbish: object) -> None:
    show(0, 1)
    cache.set("twitch.stats:streams", rubbish)
    assert client.get(ADDRESS).json()["sessions"] == 1


def test_what_nobody_asked_for_is_refused(client: Client) -> None:
    answer = client.get(f"{ADDRESS}?since=2026")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_key")
