"""Song requests, as viewers, streamer, Twitch and Spotify live through them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows.conftest import Show

# An evening of these tests is busier than a day: with a day's calls nothing would be read in haste.
SETTINGS = {"SPOTIFY_DAILY_CALLS": "100000"}
REWARD = "Song Request"
REDEMPTIONS = "/twitch/helix/channel_points/custom_rewards/redemptions"
QUEUE = "/spotify/v1/me/player/queue"
RULES = "/api/admin/song-queue/rules"
PAUSE = "/api/admin/song-queue/pause"
SONGS = 30
PATIENCE = {"open_per_viewer": 0, "repeat_minutes": 0, "queue_length": 0}


@pytest.fixture(autouse=True)
def on_air(show: Show) -> None:
    """The stream is live, the player plays, nothing is broken, and no limit is in the way."""
    show.clear_faults()
    show.control("spotify/device", {"active": True, "premium": True, "restricted": False})
    show.control("spotify/player", {"do": "play"})
    show.control("live", {"on": True})
    show.send("PATCH", RULES, {"fulfil": "queued", **PATIENCE})
    show.send("POST", PAUSE, {"is_paused": False})
    for viewer in ("ada", "bo", "cleo", "gus", "hana", "ivo", "vera"):
        show.control("viewer", {"login": viewer, "points": 1_000_000})
    show.wait_for(lambda: show.get("/api/stream")["is_live"], "Greenroom to know of the stream")
    show.wait_for(lambda: not reward(show)["is_paused"], "the reward to be open")


def reward(show: Show) -> dict[str, Any]:
    rows: list[dict[str, Any]] = show.control("state")["rewards"]
    return next(row for row in rows if row["title"] == REWARD)


def tracks(show: Show) -> list[dict[str, Any]]:
    """Return the tracks that nothing is the matter with and that would not come by themselves."""
    seen = show.control("spotify")
    coming = {row["item"] for row in [*seen["next"], *([seen["now"]] if seen["now"] else [])]}
    return [
        row
        for row in seen["catalogue"]
        if row["playable"] and row["duration_ms"] < 600_000 and row["id"] not in coming
    ]


def track(show: Show, number: int) -> dict[str, Any]:
    return tracks(show)[number]


def link(row: dict[str, Any]) -> str:
    return f"https://open.spotify.com/track/{row['id']}?si=4711"


def request(show: Show, typed: str, viewer: str = "ada") -> str:
    return show.redeem(viewer, reward=REWARD, user_input=typed)


def verdicts(show: Show, name: str, before: int) -> list[str]:
    return [line for line in show.bot_lines()[before:] if line.lower().startswith(f"@{name}")]


def in_spotify(show: Show) -> list[str]:
    return [row["item"] for row in show.control("spotify")["queue"]]


def test_a_pasted_link_is_in_the_room_at_once(show: Show) -> None:
    song, told = track(show, 0), len(show.bot_lines())
    redemption = request(show, f"please play {link(song)} thanks")
    assert show.settled(redemption) == "FULFILLED"
    line = show.wait_for(lambda: verdicts(show, "ada", told), "the verdict in chat")[0]
    run = show.run_of(redemption, "songqueue.song_request")
    assert {row["result"] for row in run["outcomes"]} == {"done"}, "it waits for nothing"
    assert song["title"] in line
    assert "#" in line
    assert in_spotify(show) == [song["id"]]

    queued = show.wait_for(lambda: upcoming(show, song["id"]), "the song in /api/queue")
    assert (queued["source"], queued["viewer"]) == ("user", "Ada")

    show.control("spotify/player", {"do": "next"})
    look(show)
    show.wait_for(lambda: now_playing(show).get("id") == song["id"], "the song to play")
    playing = now_playing(show)
    assert (playing["source"], playing["viewer"]) == ("user", "Ada")

    assert len(verdicts(show, "ada", told)) == 1


def look(show: Show) -> None:
    """Have somebody ask what is playing, so that Greenroom looks at the player."""
    show.say("mo", "!song")


def upcoming(show: Show, track_id: str) -> dict[str, Any] | None:
    rows = show.get("/api/queue?limit=100").get("tracks", [])
    return next((row for row in rows if row["id"] == track_id), None)


def now_playing(show: Show) -> dict[str, Any]:
    return show.get("/api/now-playing").get("track") or {}


def history(show: Show, song: dict[str, Any], viewer: str) -> dict[str, Any] | None:
    rows = show.get("/api/song-requests/history?limit=100")["results"]
    mine = (row for row in rows if (row["track_id"], row["viewer"]) == (song["id"], viewer))
    return next(mine, None)


@pytest.mark.parametrize(
    "typed",
    [
        "never gonna",
        "https://open.spotify.com/album/6s2BfxyTO1s1HRpsLNj0mS",
        "https://open.spotify.com.evil.example/track/6s2BfxyTO1s1HRpsLNj0mS",
        "https://open.spotify.com/track/6s2BfxyTO1s1HRpsLNj0m",
        "https://open.spotify.com/track/0000000000000000000000",
        "<script>alert(1)</script>",
        "\u202egnos\x07\x00",
    ],
)
def test_what_is_no_song_is_refunded_with_one_sentence(show: Show, typed: str) -> None:
    told = len(show.bot_lines())
    redemption = request(show, typed, "bo")
    assert show.settled(redemption) == "CANCELED"
    lines = show.wait_for(lambda: verdicts(show, "bo", told), "the verdict in chat")
    assert len(lines) == 1
    assert "refunded" in lines[0]
    assert show.settlings(redemption) == ["redemption_canceled"]


def test_a_lost_answer_is_looked_up_in_the_player_and_nothing_is_queued_twice(show: Show) -> None:
    song, before = track(show, 1), len(songs_queued(show))
    show.control(
        "faults", {"kind": "spotify_502_after", "count": 1, "path": QUEUE, "method": "POST"}
    )
    assert show.settled(request(show, link(song), "cleo")) == "FULFILLED"
    assert songs_queued(show)[before:] == [song["id"]]


def test_a_song_that_never_reached_the_player_is_queued_once(show: Show) -> None:
    # One that the player shows: without it, nobody could tell whether the next is beyond sight.
    show.settled(request(show, link(track(show, 4)), "bo"))
    song, before = track(show, 2), len(songs_queued(show))
    show.control("faults", {"kind": "drop_before", "count": 1, "path": QUEUE, "method": "POST"})
    assert show.settled(request(show, link(song), "cleo")) == "FULFILLED"
    assert songs_queued(show)[before:] == [song["id"]]


def songs_queued(show: Show) -> list[str]:
    return [row["id"] for row in show.effects() if row["kind"] == "song_queued"]


def test_without_a_device_songs_are_refunded_and_the_reward_is_paused(show: Show) -> None:
    told = len(show.bot_lines())
    # Gone for who commands it, and not yet for who looks: else the reward may be paused before.
    show.control("faults", {"kind": "spotify_no_device", "path": QUEUE, "method": "POST"})
    assert show.settled(request(show, link(track(show, 3)), "hana")) == "CANCELED"
    show.control("spotify/device", {"active": False})
    look(show)
    show.wait_for(lambda: reward(show)["is_paused"], "the reward to be paused")
    lines = show.wait_for(lambda: verdicts(show, "hana", told), "the verdict in chat")
    assert len(lines) == 1
    show.clear_faults()
    show.control("spotify/device", {"active": True})
    show.control("spotify/player", {"do": "play"})
    look(show)
    show.wait_for(lambda: not reward(show)["is_paused"], "the reward to be open again")


def test_the_reward_is_closed_while_the_stream_is_off(show: Show) -> None:
    show.control("live", {"on": False})
    show.wait_for(lambda: reward(show)["is_paused"], "the reward to be paused")
    show.control("live", {"on": True, "again": True})
    show.wait_for(lambda: not reward(show)["is_paused"], "the reward to be open again")


def test_a_moderator_pauses_the_requests_from_chat(show: Show) -> None:
    show.say("mo", "!srpause")
    show.wait_for(lambda: reward(show)["is_paused"], "the reward to be paused")
    show.say("mo", "!srpause off")
    show.wait_for(lambda: not reward(show)["is_paused"], "the reward to be open again")


def test_a_skipped_song_is_refunded_while_its_points_are_open(show: Show) -> None:
    show.send("PATCH", RULES, {"fulfil": "played"})
    song, told = track(show, 4), len(show.bot_lines())
    redemption = request(show, link(song), "ivo")
    show.wait_for(lambda: verdicts(show, "ivo", told), "the place in chat")
    assert status(show, redemption) == "UNFULFILLED"
    play(show, song)
    show.say("mo", "!skip not tonight")
    assert show.settled(redemption) == "CANCELED"
    lines = show.wait_for(
        lambda: len(told_now := verdicts(show, "ivo", told)) == 2 and told_now, "both lines"
    )
    assert "refunded" in lines[1]


def test_a_song_that_was_heard_is_paid_for(show: Show) -> None:
    show.send("PATCH", RULES, {"fulfil": "played"})
    song = track(show, 5)
    redemption = request(show, link(song), "gus")
    play(show, song)
    show.wait_for(lambda: progress(show) > 31_000, "the song to be heard")
    assert status(show, redemption) == "UNFULFILLED"
    show.control("spotify/player", {"do": "next"})
    look(show)
    assert show.settled(redemption) == "FULFILLED"
    entry = show.wait_for(lambda: history(show, song, "Gus"), "the song in the history")
    assert entry["status"] == "played"
    assert song["id"] in str(show.get("/api/stats/top-tracks?limit=100"))


def progress(show: Show) -> int:
    return int(show.get("/api/now-playing")["progress_ms"])


def test_a_song_that_is_turned_down_on_twitch_leaves_the_queue(show: Show) -> None:
    show.send("PATCH", RULES, {"fulfil": "played"})
    song, told = track(show, 6), len(show.bot_lines())
    redemption = request(show, link(song), "vera")
    show.wait_for(lambda: verdicts(show, "vera", told), "the place in chat")
    show.control("resolve", {"redemption": redemption, "status": "CANCELED"})
    entry = show.wait_for(lambda: history(show, song, "Vera"), "the song in the history")
    assert (entry["status"], entry["code"]) == ("removed", "rejected_on_twitch")


def play(show: Show, song: dict[str, Any]) -> None:
    """Have the player come to this song, and Greenroom see it."""
    show.wait_for(lambda: song["id"] in in_spotify(show), "the song in the player's queue")
    for _ in range(in_spotify(show).index(song["id"]) + 1):
        show.control("spotify/player", {"do": "next"})
    look(show)
    show.wait_for(lambda: now_playing(show).get("id") == song["id"], "the song to play")


def status(show: Show, redemption: str) -> str:
    rows = show.control("redemptions")["redemptions"]
    return str(next(row["status"] for row in rows if row["id"] == redemption))


@pytest.mark.chaos
def test_thirty_songs_end_exactly_once_while_workers_die(show: Show) -> None:
    show.control("faults", {"kind": "duplicate_delivery"})
    show.control("faults", {"kind": "out_of_order"})
    viewers, before = ("ada", "bo", "cleo", "hana", "ivo"), len(songs_queued(show))
    made = {}
    for number, song in enumerate(tracks(show)[:SONGS]):
        made[request(show, link(song), viewers[number % 5])] = song["id"]
        if number % 8 == 5:
            show.kill("celery")
    assert len(made) == SONGS
    ends = {}
    for redemption in made:
        ends[redemption] = settle(show, redemption)
    assert set(ends.values()) <= {"FULFILLED", "CANCELED"}
    for redemption in made:
        assert len(show.settlings(redemption)) == 1
    queued = songs_queued(show)[before:]
    for redemption, song_id in made.items():
        assert queued.count(song_id) <= 1, "nothing is queued twice"
        if ends[redemption] == "FULFILLED":
            assert song_id in queued, "who paid has the song in the queue"


def settle(show: Show, redemption: str) -> str:
    """Return how it ended; where only a person can tell, be that person."""

    def end() -> str:
        found = status(show, redemption)
        if found != "UNFULFILLED":
            return found
        for run in show.get("/api/admin/runs?status=stuck")["results"]:
            show.send("POST", f"/api/admin/runs/{run['id']}/compensate", {"note": "nobody knows"})
        return ""

    return str(show.wait_for(end, "the redemption to be settled", 90))


def test_a_quota_that_is_used_up_is_respected_across_a_restart(show: Show) -> None:
    """The last test: from here on this evening has no Spotify."""
    quota = {"kind": "spotify_quota", "retry_after": 79_892, "path": "/spotify/v1"}
    show.control("faults", quota)
    made = [request(show, link(track(show, 7)), viewer) for viewer in ("ada", "bo", "cleo")]
    assert {show.settled(redemption) for redemption in made} == {"CANCELED"}
    show.wait_for(lambda: reward(show)["is_paused"], "the reward to be paused")
    calls = show.control("spotify")["calls_total"]
    show.stop()
    show.start()
    show.clear_faults()
    told = len(show.bot_lines())
    look(show)
    show.wait_for(lambda: show.bot_lines()[told:], "an answer in chat, from what is known")
    assert show.get("/api/admin/spotify")["closed"]["code"] == "quota_exhausted"
    assert show.control("spotify")["calls_total"] == calls
    assert reward(show)["is_paused"]
