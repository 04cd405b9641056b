"""The report of a show: what it says, and that it says the same again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from achievements.models import Definition, Standing
from raffle.models import Roll
from songqueue.models import Play, SongRequest
from spotify.models import Track
from studio.services.report import report
from studio.views.shows import ON_A_PAGE
from twitch.models import Chapter, Raid, Redemption, StreamSession, Viewer, ViewerCount

pytestmark = pytest.mark.django_db

EIGHT = datetime(2026, 5, 1, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def session() -> StreamSession:
    """A show of two hours, with everything in it; and what was before and after it."""
    end = EIGHT + 120 * MINUTE
    session = StreamSession.objects.create(
        stream_ids=["1"],
        started_at=EIGHT,
        newest_started_at=EIGHT,
        live_at=end,
        ended_at=end,
        closed_at=end + 3 * MINUTE,
    )
    for minute, viewers in ((1, 10), (2, 40), (3, 25)):
        ViewerCount.objects.create(session=session, at=EIGHT + minute * MINUTE, viewers=viewers)
    Chapter.objects.create(session=session, started_at=EIGHT, title="Hello", category_name="Chat")
    Chapter.objects.create(session=session, started_at=EIGHT + 90 * MINUTE, title="Games")
    ada = Viewer.objects.create(id="1", login="ada", display_name="Ada")
    bo = Viewer.objects.create(id="2", login="bo", display_name="Bo")
    track = Track.objects.create(id="t" * 22, name="Paper Lanterns", artists=["Low Tide"])
    song(ada, track, minute=10)
    song(ada, track, minute=15, status="removed", code="removed_by_moderator", canceled=True)
    song(bo, track, minute=-30)
    roll(ada, minute=20, roll=5, winning=8)
    roll(bo, minute=21, roll=7, winning=7)
    definition = Definition.objects.filter(enabled=True).exclude(applied_at=None).first()
    Standing.objects.create(definition=definition, viewer=bo, earned_at=EIGHT + 21 * MINUTE)
    Raid.objects.create(
        message_id="m", raider=bo, session=session, viewers=12, raided_at=EIGHT + 30 * MINUTE
    )
    return session


def song(
    viewer: Viewer, track: Track, *, minute: int, canceled: bool = False, **columns: Any
) -> None:
    at = EIGHT + minute * MINUTE
    row = redemption(viewer, at, "Song Request", canceled=canceled)
    end = {"status": "played", **columns}
    request = SongRequest.objects.create(
        redemption=row,
        viewer=viewer,
        track=track,
        lined_up_at=at,
        started_at=None if canceled else at,
        ended_at=at + 3 * MINUTE,
        **end,
    )
    if not canceled:
        Play.objects.create(
            kind="track",
            track=track,
            request=request,
            started_at=at,
            ended_at=at + 3 * MINUTE,
            outcome="played",
            heard_ms=180_000,
        )


def roll(viewer: Viewer, *, minute: int, roll: int, winning: int) -> None:
    at = EIGHT + minute * MINUTE
    Roll.objects.create(
        redemption=redemption(viewer, at, "Keyboard Raffle"),
        viewer=viewer,
        roll=roll,
        winning_number=winning,
        distance=abs(roll - winning),
        is_win=roll == winning,
        rolled_at=at,
    )


def redemption(viewer: Viewer, at: datetime, title: str, *, canceled: bool = False) -> Redemption:
    return Redemption.objects.create(
        id=f"{viewer.pk}-{at:%d%H%M}",
        viewer=viewer,
        reward_twitch_id="reward",
        reward_title=title,
        cost=500,
        status="CANCELED" if canceled else "FULFILLED",
        redeemed_at=at,
        settled_at=at + MINUTE,
    )


def test_the_report_tells_what_was_in_the_show_and_nothing_else(session: StreamSession) -> None:
    told = report(session)
    assert told["duration_seconds"] == 7200
    assert (told["peak_viewers"], told["average_viewers"]) == (40, 25.0)
    assert told["viewers"][1] == [10, 40, 25]
    assert [(c["title"], c["seconds"]) for c in told["chapters"]] == [
        ("Hello", 5400),
        ("Games", 1800),
    ]
    assert [song["requested_by"] for song in told["songs"]] == ["Ada"]
    assert told["top_requesters"] == [{"viewer": "Ada", "songs": 1}]
    assert told["raffle"] == {
        "rolls": 2,
        "players": 2,
        "winners": [{"viewer": "Bo", "roll": 7}],
        "closest": {"viewer": "Ada", "distance": 3},
    }
    assert [unlock["viewer"] for unlock in told["unlocks"]] == ["Bo"]
    assert [(raid["raider"], raid["viewers"]) for raid in told["raids"]] == [("Bo", 12)]
    assert [(refund["viewer"], refund["points"]) for refund in told["refunds"]] == [("Ada", 500)]
    assert told["redemptions"] == {
        "made": 4,
        "points": 2000,
        "fulfilled": 3,
        "refunded": 1,
        "open": 0,
    }


def test_the_command_prints_the_same_report_each_time(session: StreamSession) -> None:
    printed = [printed_report(session.pk), printed_report(session.pk), printed_report()]
    assert printed[0] == printed[1] == printed[2]
    assert json.loads(printed[0]) == report(session)


def test_an_unknown_show_is_named_by_the_command() -> None:
    with pytest.raises(CommandError, match="no such show"):
        printed_report("stream_x")


def test_the_page_shows_it_and_the_list_leads_there(
    session: StreamSession, streamer: Client
) -> None:
    assert f"/studio/shows/{session.pk}" in streamer.get("/studio/shows").content.decode()
    page = streamer.get(f"/studio/shows/{session.pk}").content.decode()
    for words in ("2 h", "Paper Lanterns", "off by 3", "won</strong> with 7", "removed"):
        assert words in page, words


def test_older_shows_are_on_the_next_page(streamer: Client) -> None:
    at = [EIGHT + day * timedelta(days=1) for day in range(ON_A_PAGE + 1)]
    StreamSession.objects.bulk_create(
        StreamSession(
            stream_ids=[str(number)],
            started_at=began,
            newest_started_at=began,
            live_at=began,
            ended_at=began + 90 * MINUTE,
            closed_at=began + 93 * MINUTE,
        )
        for number, began in enumerate(at)
    )
    pages = [streamer.get(f"/studio/shows{query}").content.decode() for query in ("", "?page=2")]
    assert [page.count("1 h 30 min") for page in pages] == [ON_A_PAGE, 1]
    assert 'href="?page=2"' in pages[0]
    assert 'href="?page=1"' in pages[1]
    for nonsense in ("0", "x", "-1", "9" * 5000):
        assert streamer.get("/studio/shows", {"page": nonsense}).status_code == 200


def test_a_show_without_anything_has_a_report_too(streamer: Client) -> None:
    session = StreamSession.objects.create(
        stream_ids=["1"], started_at=EIGHT, newest_started_at=EIGHT, live_at=EIGHT
    )
    assert streamer.get(f"/studio/shows/{session.pk}").status_code == 200
    told = report(session)
    assert told["ended_at"] is told["average_viewers"] is told["raffle"]["closest"] is None


def printed_report(*arguments: str) -> str:
    out = StringIO()
    call_command("show_report", *arguments, stdout=out)
    return out.getvalue()
