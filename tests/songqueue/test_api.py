from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from songqueue.models import Board, Play, SongRequest, Upcoming
from spotify.models import Track
from twitch.models import Redemption, Viewer

Make = Callable[..., SongRequest]

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    cache.clear()


@pytest.fixture
def ann() -> Viewer:
    return Viewer.objects.create(id="2001", login="ann", display_name="Ann")


@pytest.fixture
def bob() -> Viewer:
    return Viewer.objects.create(id="2002", login="bob", display_name="Bob")


def track(number: int, **columns: Any) -> Track:
    given = {"name": f"Song {number}", "artists": ["Somebody"], "duration_ms": 200_000}
    return Track.objects.get_or_create(id=f"{number:022}", defaults=given | columns)[0]


@pytest.fixture
def request_of() -> Make:
    """Makes a request: viewer, track, status; an end a minute after the one before."""
    made: list[SongRequest] = []

    def make(
        viewer: Viewer, song: Track, status: str = "played", *, fulfilled: bool = True
    ) -> SongRequest:
        at = timezone.now() - timedelta(hours=5) + timedelta(minutes=len(made))
        redemption = Redemption.objects.create(
            id=f"redemption-{len(made)}",
            viewer=viewer,
            reward_twitch_id="reward",
            reward_title="Song Request",
            redeemed_at=at,
            status="FULFILLED" if fulfilled else "UNFULFILLED",
        )
        has_ended = status in SongRequest.ENDS
        row = SongRequest.objects.create(
            redemption=redemption,
            viewer=viewer,
            track=song,
            status=status,
            code="withdrawn" if has_ended and status != "played" else "",
            lined_up_at=at,
            queued_at=at,
            started_at=at if status == "played" else None,
            ended_at=at if has_ended else None,
        )
        made.append(row)
        return row

    return make


def on(song: Track | None, request: SongRequest | None = None, **columns: Any) -> Play:
    """Let something be on, as of ten seconds ago."""
    at = timezone.now() - timedelta(seconds=10)
    Board.objects.update_or_create(
        pk=1,
        defaults={"read_at": at, "is_playing": True, "progress_ms": 60_000, "device_name": "PC"},
    )
    given = {"kind": "track", "track": song, "duration_ms": 200_000, "started_at": at}
    return Play.objects.create(request=request, **given | columns)


# --- Now and next ----------------------------------------------------------------------------


def test_a_player_that_was_never_read_is_a_503(client: Client) -> None:
    for path in ("/api/now-playing", "/api/queue"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "not_known")


def test_what_plays_is_counted_on(client: Client) -> None:
    on(track(1))
    shown = client.get("/api/now-playing").json()
    assert shown["track"] == {
        "id": f"{1:022}",
        "title": "Song 1",
        "artists": ["Somebody"],
        "album": "",
        "cover_url": None,
        "duration_ms": 200_000,
        "url": f"https://open.spotify.com/track/{1:022}",
        "source": "autoplay",
    }
    assert shown["position"] == 0
    assert shown["is_playing"]
    assert 69_000 < shown["progress_ms"] < 100_000
    assert 9 < shown["age_seconds"] < 40
    assert shown["problem"] is None


def test_when_the_player_is_read_next_is_told(client: Client) -> None:
    on(track(1))
    for path in ("/api/now-playing", "/api/queue"):
        assert client.get(path).json()["next_read_at"] is None
    Board.objects.update(next_read_at=datetime(2026, 5, 1, 12, tzinfo=UTC))
    for path in ("/api/now-playing", "/api/queue"):
        assert client.get(path).json()["next_read_at"] == "2026-05-01T12:00:00Z"


def test_progress_never_goes_beyond_the_end(client: Client) -> None:
    on(track(1))
    Board.objects.update(progress_ms=199_000)
    assert client.get("/api/now-playing").json()["progress_ms"] == 200_000


def test_a_request_that_plays_names_its_viewer(
    client: Client, ann: Viewer, request_of: Make
) -> None:
    request = request_of(ann, track(1), "playing")
    on(track(1), request)
    shown = client.get("/api/now-playing").json()["track"]
    assert (shown["source"], shown["request_id"]) == ("user", request.pk)
    assert (shown["viewer_id"], shown["viewer"]) == ("2001", "Ann")
    requested_at = request.redemption.redeemed_at
    assert datetime.fromisoformat(shown["requested_at"]) == requested_at


def test_what_is_no_track_has_a_title_and_no_id(client: Client) -> None:
    on(None, kind="episode", title="The News")
    shown = client.get("/api/now-playing").json()["track"]
    assert (shown["id"], shown["title"], shown["url"]) == (None, "The News", None)


def test_a_player_that_cannot_be_read_is_served_old_with_the_problem(client: Client) -> None:
    on(track(1))
    Board.objects.update(problem="unavailable", problem_since=timezone.now())
    answer = client.get("/api/now-playing")
    assert answer.status_code == 200
    assert answer.json()["problem"]["code"] == "spotify_unavailable"


def test_what_nobody_has_played_for_long_is_not_on(client: Client) -> None:
    on(track(1))
    Board.objects.update(is_playing=False, idle_since=timezone.now() - timedelta(hours=1))
    assert client.get("/api/now-playing").json()["track"] is None


def test_the_queue_is_in_the_players_order(client: Client, ann: Viewer, request_of: Make) -> None:
    on(track(1))
    mine = request_of(ann, track(3), "queued")
    for number, request in ((2, None), (3, mine), (4, None)):
        Upcoming.objects.create(
            position=number - 1,
            kind="track",
            track=track(number),
            duration_ms=200_000,
            request=request,
        )
    shown = client.get("/api/queue", {"limit": 2}).json()
    assert shown["total_count"] == 3
    assert [row["position"] for row in shown["tracks"]] == [1, 2]
    assert [row["source"] for row in shown["tracks"]] == ["autoplay", "user"]


@pytest.mark.parametrize(
    "path", ["/api/queue", "/api/song-requests/history", "/api/stats/top-tracks"]
)
@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "limit=1&limit=2", "what=1"])
def test_a_senseless_query_is_refused(client: Client, path: str, query: str) -> None:
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "detail"}


def test_now_playing_takes_no_query(client: Client) -> None:
    assert client.get("/api/now-playing?limit=1").json()["code"] == "unknown_key"


# --- History ---------------------------------------------------------------------------------


def test_every_ended_request_is_in_the_history_newest_first(
    client: Client, ann: Viewer, request_of: Make
) -> None:
    ends = ["played", "skipped", "removed", "lost", "refused"]
    for number, status in enumerate(ends):
        request_of(ann, track(number), status)
    request_of(ann, track(9), "queued")
    shown = client.get("/api/song-requests/history").json()["results"]
    assert [row["status"] for row in shown] == ends[::-1]
    assert shown[0]["detail"] == "taken back"
    assert shown[0]["title"] == "Song 4"


def test_a_request_without_a_song_is_in_the_history(
    client: Client, ann: Viewer, request_of: Make
) -> None:
    row = request_of(ann, track(1), "refused")
    row.track = None
    row.save()
    (shown,) = client.get("/api/song-requests/history").json()["results"]
    assert (shown["track_id"], shown["title"], shown["artists"]) == (None, None, [])


def test_the_history_has_pages(client: Client, ann: Viewer, request_of: Make) -> None:
    rows = [request_of(ann, track(number)) for number in range(5)]
    seen, address = [], "/api/song-requests/history?limit=2"
    while address:
        page = client.get(address).json()
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert seen == [row.pk for row in reversed(rows)]


# --- Statistics ------------------------------------------------------------------------------


def test_what_was_played_or_paid_for_counts(client: Client, ann: Viewer, request_of: Make) -> None:
    for number, (status, fulfilled, _) in enumerate(COUNTED):
        request_of(ann, track(number), status, fulfilled=fulfilled)
        if status == "playing":
            SongRequest.objects.filter(status="playing").update(status="queued")
    shown = {row["id"] for row in client.get("/api/stats/top-tracks?limit=100").json()}
    assert shown == {f"{number:022}" for number, row in enumerate(COUNTED) if row[2]}


COUNTED = [
    ("played", True, True),
    ("played", False, True),
    ("playing", True, True),
    ("queued", True, True),
    ("queued", False, False),
    ("skipped", True, True),
    ("skipped", False, False),
    ("removed", True, False),
    ("lost", True, False),
    ("refused", False, False),
    ("lined_up", True, False),
]


def test_the_top_tracks_are_counted_by_id(
    client: Client, ann: Viewer, bob: Viewer, request_of: Make
) -> None:
    request_of(ann, track(1))
    request_of(bob, track(2))
    request_of(bob, track(1))
    shown = client.get("/api/stats/top-tracks").json()
    assert [(row["title"], row["request_count"]) for row in shown] == [("Song 1", 2), ("Song 2", 1)]
    mine = client.get("/api/stats/top-tracks?viewer=2001").json()
    assert [row["title"] for row in mine] == ["Song 1"]


def test_the_top_requesters_have_their_newest_names(
    client: Client, ann: Viewer, bob: Viewer, request_of: Make
) -> None:
    for viewer in (bob, ann, ann):
        request_of(viewer, track(1))
    Viewer.objects.filter(pk="2001").update(display_name="Anna")
    shown = client.get("/api/stats/top-requesters").json()
    assert [(row["viewer"], row["request_count"]) for row in shown] == [("Anna", 2), ("Bob", 1)]


@pytest.mark.parametrize("viewer", ["", "ann", "-1", "1" * 21, "٣", HOSTILE])
def test_a_viewer_that_is_no_id_is_refused(client: Client, viewer: str) -> None:
    assert client.get("/api/stats/top-tracks", {"viewer": viewer}).status_code == 400


def test_statistics_are_remembered_for_a_minute_also_under_the_explicit_default(
    client: Client, ann: Viewer, request_of: Make
) -> None:
    request_of(ann, track(1))
    first = client.get("/api/stats/top-tracks")
    assert first["Cache-Control"] == "public, max-age=60"
    request_of(ann, track(2))
    assert client.get("/api/stats/top-tracks?limit=10").json() == first.json()
    assert len(client.get("/api/stats/top-tracks?limit=11").json()) == 2


@pytest.mark.parametrize("rubbish", ["{", "[1]", '[{"id": 1}]', "null", 7, None, b"\x80"])
def test_a_corrupt_memory_is_thrown_away(
    client: Client, ann: Viewer, request_of: Make, rubbish: object
) -> None:
    request_of(ann, track(1))
    cache.set("songqueue.stats:tracks:10:", rubbish)
    assert len(client.get("/api/stats/top-tracks").json()) == 1
    assert isinstance(cache.get("songqueue.stats:tracks:10:"), str)


def test_without_a_cache_the_figures_are_counted(
    client: Client, ann: Viewer, request_of: Make, settings: LazySettings
) -> None:
    request_of(ann, track(1))
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",
        }
    }
    assert len(client.get("/api/stats/top-tracks").json()) == 1
    assert len(client.get("/api/stats/top-requesters").json()) == 1


def test_what_is_wrong_is_never_remembered(client: Client) -> None:
    answer = client.get("/api/stats/top-tracks?limit=0")
    assert answer.status_code == 400
    assert "public" not in answer.get("Cache-Control", "")


# --- The page --------------------------------------------------------------------------------


def test_the_page_shows_everything_without_javascript(
    client: Client, ann: Viewer, request_of: Make
) -> None:
    on(track(1, name="夜明けの電車"), request_of(ann, track(1), "playing"))
    mine = request_of(ann, track(3), "queued")
    Upcoming.objects.create(position=1, kind="track", track=track(3), request=mine)
    request_of(ann, track(4), "lined_up")
    request_of(ann, track(5), "removed")
    page = client.get("/queue").content.decode()
    for text in ("夜明けの電車", "Ann", "Song 3", "Song 4", "Song 5", "removed: taken back"):
        assert text in page


def test_an_empty_page_says_so(client: Client) -> None:
    page = client.get("/queue").content.decode()
    assert "Nothing plays right now." in page
    assert "Songs can be requested while the stream is live." in page


def test_hostile_names_are_text(client: Client, bob: Viewer, request_of: Make) -> None:
    bob.display_name = HOSTILE
    bob.save()
    song = track(1, name=HOSTILE, artists=[HOSTILE], cover_url='https://x/"onerror="x')
    on(song, request_of(bob, song, "playing"))
    answer = client.get("/queue")
    page = answer.content.decode()
    assert HOSTILE not in page
    assert 'https://x/"' not in page
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
