"""The stream for client apps: now, its viewers, and the past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.backstage import live
from twitch.models import Channel, Chapter, StreamSession, ViewerCount

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def show(began_at: datetime, *viewers: int, **columns: Any) -> StreamSession:
    """Make an ended session of an hour with these counts, a minute apart."""
    ended_at = began_at + 60 * MINUTE
    times = {"started_at": began_at, "newest_started_at": began_at, "live_at": ended_at}
    session = live(**times | {"ended_at": ended_at, "closed_at": ended_at} | columns)
    ViewerCount.objects.bulk_create(
        ViewerCount(session=session, at=began_at + number * MINUTE, viewers=count)
        for number, count in enumerate(viewers)
    )
    return session


def test_the_stream_is_not_live_before_anything_happened(client: Client) -> None:
    state = client.get("/api/stream").json()
    assert state["is_live"] is False
    assert state["session_id"] is state["viewers"] is state["as_of"] is None
    assert "seq" not in state


def test_the_stream_says_how_it_is(client: Client) -> None:
    Channel.objects.create(title="Hello", category_id="7", category_name="Chess", answered_at=NOON)
    session = live(started_at=NOON, stream_ids=["41", "42"], off_since=NOON + 9 * MINUTE)
    for number, viewers in enumerate((10, 20, 15)):
        ViewerCount.objects.create(session=session, at=NOON + number * MINUTE, viewers=viewers)
    assert client.get("/api/stream").json() == {
        "is_live": True,
        "is_off_air": True,
        "session_id": session.pk,
        "stream_id": "41",
        "started_at": "2026-05-01T12:00:00Z",
        "title": "Hello",
        "category_id": "7",
        "category_name": "Chess",
        "viewers": 15,
        "peak_viewers": 20,
        "average_viewers": 15.0,
        "as_of": "2026-05-01T12:00:00Z",
    }


def test_past_sessions_come_newest_first_with_their_chapters(client: Client) -> None:
    first = show(NOON, 5, 7)
    second = show(NOON + timedelta(days=1))
    live()
    Chapter.objects.create(session=first, started_at=NOON, title="Talking", category_name="Chess")
    one, other = client.get("/api/streams").json()["results"]
    assert (one["id"], one["peak_viewers"], one["average_viewers"]) == (second.pk, None, None)
    assert (other["id"], other["peak_viewers"], other["average_viewers"]) == (first.pk, 7, 6.0)
    assert other["ended_at"] == "2026-05-01T13:00:00Z"
    assert other["chapters"] == [
        {
            "started_at": "2026-05-01T12:00:00Z",
            "title": "Talking",
            "category_id": "",
            "category_name": "Chess",
        }
    ]


def test_past_sessions_come_in_pages(client: Client) -> None:
    made = [show(NOON + timedelta(days=number)).pk for number in range(5)]
    page = client.get("/api/streams", {"limit": 2}).json()
    seen = [row["id"] for row in page["results"]]
    while page["next"]:
        page = client.get(page["next"]).json()
        seen += [row["id"] for row in page["results"]]
    assert seen == made[::-1]


def test_viewers_are_those_of_the_span(client: Client) -> None:
    session = show(NOON, 1, 2, 3, 4)
    span = {"since": "2026-05-01T12:01:00Z", "until": "2026-05-01T12:02:00Z"}
    assert client.get("/api/stream/viewers", span).json() == [
        {"at": "2026-05-01T12:01:00Z", "viewers": 2, "session_id": session.pk},
        {"at": "2026-05-01T12:02:00Z", "viewers": 3, "session_id": session.pk},
    ]
    assert client.get("/api/stream/viewers").json() == []
    until = client.get("/api/stream/viewers", {"until": "2026-05-01T13:00:00Z"})
    assert [row["viewers"] for row in until.json()] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("since=yesterday", "invalid"),
        ("since=2026-05-02T00:00:00Z&until=2026-05-01T00:00:00Z", "until_before_since"),
        ("since=2026-05-01T00:00:00Z&until=2026-05-03T00:00:01Z", "too_long"),
        ("until=", "invalid"),
        ("from=2026-05-01T00:00:00Z", "unknown_key"),
        ("since=2026-05-01T00:00:00Z&since=2026-05-02T00:00:00Z", "repeated_key"),
        ("since=2026-05-01T00:00:00Z", "too_long"),
        ("since=99999-05-01T00:00:00Z", "invalid"),
    ],
)
def test_a_senseless_span_is_refused(client: Client, query: str, code: str) -> None:
    answer = client.get(f"/api/stream/viewers?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    "until", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"]
)
def test_the_ends_of_time_do_no_harm(client: Client, until: str) -> None:
    answer = client.get("/api/stream/viewers", {"until": until})
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize(
    "page", ["stream?x=1", "streams?limit=0", "streams?limit=101", "streams?x=1"]
)
def test_a_senseless_query_is_refused(client: Client, page: str) -> None:
    assert client.get(f"/api/{page}").status_code == 400


def test_a_broken_cursor_is_not_found(client: Client) -> None:
    assert client.get("/api/streams?cursor=nonsense").status_code == 404
