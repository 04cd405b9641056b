"""The player: what sounds, what comes next, and a clock that can be wound."""

from __future__ import annotations

import json
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.client import Rehearsal, eventually


@pytest.fixture
def access(rehearsal: Rehearsal) -> str:
    return rehearsal.connect()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Rehearsal]:
    server = Rehearsal(tmp_path)
    server.start()
    yield server
    assert server.stop() == 0


def playing(rehearsal: Rehearsal, access: str) -> dict[str, Any]:
    answer = rehearsal.spotify("GET", "me/player", access)
    assert answer.status_code == 200
    content: dict[str, Any] = answer.json()
    return content


def titles(rehearsal: Rehearsal, access: str) -> list[str | None]:
    queue = rehearsal.spotify("GET", "me/player/queue", access).json()
    return [it and it["name"] for it in [queue["currently_playing"], *queue["queue"]]]


def to_the_end(rehearsal: Rehearsal) -> None:
    """Let the current item play out, and a little of the next."""
    now = rehearsal.look("spotify")["now"]
    rehearsal.control("spotify/clock", advance_ms=now["duration_ms"] - now["progress_ms"] + 500)


def test_the_playlist_plays_on_by_itself(rehearsal: Rehearsal, access: str) -> None:
    assert playing(rehearsal, access)["item"]["name"] == "Paper Lanterns"
    to_the_end(rehearsal)
    state = playing(rehearsal, access)
    assert state["item"]["name"] == "Glasshouse"
    assert 500 <= state["progress_ms"] < state["item"]["duration_ms"]
    assert state["context"]["type"] == "playlist"


def test_what_is_queued_plays_before_the_playlist(rehearsal: Rehearsal, access: str) -> None:
    for title in ("Respawn", "Lag"):
        answer = rehearsal.queue(access, rehearsal.track(title))
        assert answer.status_code == 200
        with pytest.raises(ValueError, match=r"."):
            answer.json()
    assert titles(rehearsal, access)[:4] == ["Paper Lanterns", "Respawn", "Lag", "Glasshouse"]
    to_the_end(rehearsal)
    assert titles(rehearsal, access)[:3] == ["Respawn", "Lag", "Glasshouse"]


def test_the_same_track_may_be_queued_twice(rehearsal: Rehearsal, access: str) -> None:
    id = rehearsal.track("Lag")
    for _ in range(2):
        rehearsal.queue(access, id)
    assert [it["id"] for it in rehearsal.effects("song_queued")] == [id, id]
    assert titles(rehearsal, access)[1:3] == ["Lag", "Lag"]


def test_the_queue_shows_at_most_twenty(rehearsal: Rehearsal, access: str) -> None:
    assert len(titles(rehearsal, access)) == 21
    for _ in range(25):
        rehearsal.queue(access, rehearsal.track("Lag"))
    assert titles(rehearsal, access)[1:] == ["Lag"] * 20
    assert len(rehearsal.look("spotify")["queue"]) == 25


def test_a_pause_holds_the_clock(rehearsal: Rehearsal, access: str) -> None:
    rehearsal.control("spotify/clock", advance_ms=60_000)
    rehearsal.control("spotify/player", do="pause")
    held = playing(rehearsal, access)
    assert held["is_playing"] is False
    rehearsal.control("spotify/clock", advance_ms=3_600_000)
    assert playing(rehearsal, access)["progress_ms"] == held["progress_ms"]
    rehearsal.control("spotify/player", do="play")
    rehearsal.control("spotify/clock", advance_ms=10_000)
    assert playing(rehearsal, access)["progress_ms"] >= held["progress_ms"] + 10_000


def test_a_skip_tells_how_much_was_heard(rehearsal: Rehearsal, access: str) -> None:
    rehearsal.control("spotify/clock", advance_ms=45_000)
    rehearsal.spotify("POST", "me/player/next", access)
    assert playing(rehearsal, access)["item"]["name"] == "Glasshouse"
    (skipped,) = rehearsal.effects("song_skipped")
    assert skipped["id"] == rehearsal.track("Paper Lanterns")
    assert 45_000 <= skipped["detail"]["ms"] < 75_000
    assert rehearsal.effects("song_ended")[-1]["detail"]["reason"] == "skipped"


def test_every_ending_follows_its_start(rehearsal: Rehearsal, access: str) -> None:
    for title in ("Respawn", "Lag"):
        rehearsal.queue(access, rehearsal.track(title))
    rehearsal.control("spotify/clock", advance_ms=3 * 3_600_000)
    log = rehearsal.effects("song_started", "song_ended")
    assert len(log) > 80
    assert [it["kind"] for it in log] == ["song_started", "song_ended"] * (len(log) // 2) + [
        "song_started"
    ]
    starts, ends = log[::2], log[1::2]
    lengths = {it["id"]: it["duration_ms"] for it in rehearsal.look("spotify")["catalogue"]}
    for start, end, after in zip(starts, ends, starts[1:], strict=False):
        assert start["detail"]["entry"] == end["detail"]["entry"]
        assert end["detail"]["ms"] == lengths[end["id"]]
        assert end["detail"]["at_ms"] == after["detail"]["at_ms"]


def test_seeking_is_not_hearing(rehearsal: Rehearsal) -> None:
    rehearsal.control("spotify/player", do="seek", ms=120_000)
    rehearsal.control("spotify/player", do="next")
    (ended,) = rehearsal.effects("song_ended")
    assert ended["detail"]["ms"] < 120_000


def test_previous_goes_back_and_on_again(rehearsal: Rehearsal, access: str) -> None:
    rehearsal.control("spotify/player", do="next")
    rehearsal.control("spotify/player", do="previous")
    assert titles(rehearsal, access)[:3] == [
        "Paper Lanterns",
        "Glasshouse",
        "Northbound Slow Train",
    ]


def test_the_clock_can_run_faster(rehearsal: Rehearsal, access: str) -> None:
    rehearsal.control("spotify/clock", speed=600)
    assert eventually(lambda: len(rehearsal.effects("song_ended")) >= 2)
    before = playing(rehearsal, access)["timestamp"]
    assert eventually(lambda: playing(rehearsal, access)["timestamp"] != before)


def test_songs_end_also_when_nobody_asks(rehearsal: Rehearsal) -> None:
    with rehearsal.http.get(f"{rehearsal.url}/control/feed", stream=True, timeout=10) as feed:
        shown = (json.loads(line[6:]) for line in feed.iter_lines() if line)
        assert next(shown)["spotify"]["now"]["title"] == "Paper Lanterns"
        rehearsal.control("spotify/clock", speed=600)
        for topics in shown:
            if topics.get("spotify", {"now": {"title": ""}})["now"]["title"] == "Glasshouse":
                break


def test_without_a_device_there_is_nothing(rehearsal: Rehearsal, access: str) -> None:
    rehearsal.control("spotify/device", active=False)
    assert rehearsal.spotify("GET", "me/player", access).status_code == 204
    assert rehearsal.spotify("GET", "me/player/currently-playing", access).status_code == 204
    assert rehearsal.spotify("GET", "me/player/devices", access).json() == {"devices": []}
    assert titles(rehearsal, access) == [None]
    refused = rehearsal.queue(access, rehearsal.track("Lag"))
    assert refused.json()["error"] == {
        "status": 404,
        "message": "Player command failed: No active device found",
        "reason": "NO_ACTIVE_DEVICE",
    }
    rehearsal.control("spotify/device", active=True)
    assert playing(rehearsal, access)["is_playing"] is False


@pytest.mark.parametrize(
    ("switch", "status", "reason"),
    [({"premium": False}, 403, "PREMIUM_REQUIRED"), ({"restricted": True}, 403, "UNKNOWN")],
)
def test_a_device_may_refuse_commands(
    rehearsal: Rehearsal, access: str, switch: dict[str, bool], status: int, reason: str
) -> None:
    rehearsal.control("spotify/device", **switch)
    refused = rehearsal.queue(access, rehearsal.track("Lag"))
    assert (refused.status_code, refused.json()["error"]["reason"]) == (status, reason)
    assert rehearsal.effects("song_queued") == []


def test_oddities_look_as_the_real_ones_do(rehearsal: Rehearsal, access: str) -> None:
    for item in ("episode", "local", "ad", "unknown"):
        rehearsal.control("spotify/queue", item=item)
    queue = rehearsal.spotify("GET", "me/player/queue", access).json()["queue"]
    episode, local, unknown = queue[:3]
    assert (episode["type"], local["is_local"], local["id"], unknown) == (
        "episode",
        True,
        None,
        None,
    )
    seen = []
    for _ in range(4):
        rehearsal.control("spotify/player", do="next")
        state = playing(rehearsal, access)
        seen.append((state["currently_playing_type"], state["item"] and state["item"]["type"]))
    assert seen == [("episode", None), ("track", "track"), ("ad", None), ("unknown", None)]


def test_an_episode_is_shown_to_those_who_ask(rehearsal: Rehearsal, access: str) -> None:
    rehearsal.control("spotify/queue", item="episode")
    rehearsal.control("spotify/player", do="next")
    path = "me/player?additional_types=track,episode"
    assert rehearsal.spotify("GET", path, access).json()["item"]["type"] == "episode"


@pytest.mark.parametrize(
    ("path", "wish"),
    [
        ("player", {"do": "explode"}),
        ("player", {"do": "seek", "ms": -1}),
        ("clock", {"speed": 0}),
        ("clock", {"advance_ms": "soon"}),
        ("device", {"active": 1}),
        ("device", {"colour": True}),
        ("queue", {"item": "nonsense"}),
        ("tokens", {"scopes": ["everything"]}),
        ("tokens", {"login": "nobody"}),
        ("tracks/nonsense", {"removed": True}),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(
    rehearsal: Rehearsal, path: str, wish: dict[str, Any]
) -> None:
    answer = rehearsal.http.post(f"{rehearsal.url}/control/spotify/{path}", json=wish)
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_a_kill_forgets_nothing(own: Rehearsal) -> None:
    access = own.connect()
    own.queue(access, own.track("Lag"))
    own.control("spotify/clock", advance_ms=30_000)
    started = time.monotonic()
    own.stop(signal.SIGKILL)
    own.start()
    state = playing(own, access)
    passed = (time.monotonic() - started) * 1000
    assert state["item"]["name"] == "Paper Lanterns"
    assert 30_000 < state["progress_ms"] < 60_000 + passed
    assert titles(own, access)[1] == "Lag"
    assert own.look("spotify")["calls"]["POST /v1/me/player/queue"] == 1


def test_a_song_that_is_no_longer_made_starts_the_music_over(own: Rehearsal) -> None:
    own.control("spotify/player", do="next")
    own.stop(signal.SIGKILL)
    with closing(sqlite3.connect(own.home / "rehearsal.sqlite3")) as file, file:
        file.execute(
            "UPDATE objects SET body = json_set(body, '$.current.item', 'gone')"
            " WHERE kind = 'Playhead'"
        )
    own.start()
    assert own.look("spotify")["now"]["title"] == "Paper Lanterns"


def test_a_reset_starts_the_music_over(rehearsal: Rehearsal, access: str) -> None:
    rehearsal.control("spotify/device", active=False, premium=False)
    rehearsal.control("spotify/tracks/" + rehearsal.track("Lag"), removed=True)
    rehearsal.control("reset")
    seen = rehearsal.look("spotify")
    assert seen["device"] == {"active": True, "restricted": False, "premium": True}
    assert (seen["now"]["title"], seen["queue"], seen["calls"]) == ("Paper Lanterns", [], {})
    assert not any(it["removed"] for it in seen["catalogue"])
    assert rehearsal.spotify("GET", "me", access).status_code == 401
