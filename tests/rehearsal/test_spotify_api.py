"""The Web API: who may call what, tracks, search and the ways to say no."""

from __future__ import annotations

import pytest
import requests

from tests.rehearsal.client import LISTENING, Rehearsal


@pytest.fixture
def access(rehearsal: Rehearsal) -> str:
    return rehearsal.connect()


def error_of(answer: requests.Response) -> tuple[int, str, str | None]:
    error = answer.json()["error"]
    assert error["status"] == answer.status_code
    return error["status"], error["message"], error.get("reason")


def test_a_call_needs_a_good_token(rehearsal: Rehearsal) -> None:
    old = rehearsal.connect(expires_in=0)
    for token, message in (
        ("nonsense", "Invalid access token"),
        (old, "The access token expired"),
    ):
        assert error_of(rehearsal.spotify("GET", "me", token)) == (401, message, None)
    bare = rehearsal.http.get(f"{rehearsal.url}/spotify/v1/me")
    assert error_of(bare) == (401, "No token provided", None)


@pytest.mark.parametrize(
    ("method", "path", "missing"),
    [
        ("GET", "me/player", "user-read-playback-state"),
        ("GET", "me/player/queue", "user-read-currently-playing"),
        ("GET", "me/player/currently-playing", "user-read-currently-playing"),
        ("POST", "me/player/queue?uri=spotify:track:x", "user-modify-playback-state"),
        ("POST", "me/player/next", "user-modify-playback-state"),
    ],
)
def test_a_call_needs_its_scope(rehearsal: Rehearsal, method: str, path: str, missing: str) -> None:
    scopes = {*LISTENING, "user-modify-playback-state"} - {missing}
    answer = rehearsal.spotify(method, path, rehearsal.connect(*scopes))
    assert error_of(answer) == (403, "Insufficient client scope", None)


def test_a_stranger_is_not_on_the_list(rehearsal: Rehearsal) -> None:
    answer = rehearsal.spotify("GET", "me", rehearsal.connect(login="stranger"))
    assert answer.status_code == 403


def test_another_account_has_no_player(rehearsal: Rehearsal) -> None:
    freddie = rehearsal.connect(login="freddie")
    assert rehearsal.spotify("GET", "me/player", freddie).status_code == 204
    answer = rehearsal.spotify("POST", "me/player/next", freddie)
    assert error_of(answer)[2] == "PREMIUM_REQUIRED"


def test_a_track_shows_what_is_left_since_february(rehearsal: Rehearsal, access: str) -> None:
    id = rehearsal.track("Swear Jar")
    track = rehearsal.spotify("GET", f"tracks/{id}", access).json()
    assert (track["name"], track["explicit"]) == ("Swear Jar", True)
    assert [it["name"] for it in track["artists"]] == ["Rue Havoc", "MC Parsec"]
    assert track["uri"] == f"spotify:track:{id}"
    gone = {"popularity", "available_markets", "linked_from", "preview_url", "is_playable"}
    assert not gone & set(track)
    # The overlay stands on another port, and takes its colours from the picture.
    foreign = {"Origin": "http://localhost:8000"}
    cover = rehearsal.http.get(track["album"]["images"][0]["url"], headers=foreign)
    assert cover.headers["Access-Control-Allow-Origin"] == "*"
    assert cover.headers["Content-Type"].startswith("image/svg+xml")


def test_whether_it_is_playable_is_told_with_a_market(rehearsal: Rehearsal, access: str) -> None:
    path = f"tracks/{rehearsal.track('Not in Your Country')}?market=DE"
    track = rehearsal.spotify("GET", path, access).json()
    assert (track["is_playable"], track["restrictions"]) == (False, {"reason": "market"})


def test_a_removed_track_is_not_found(rehearsal: Rehearsal, access: str) -> None:
    id = rehearsal.track("Glasshouse")
    rehearsal.control(f"spotify/tracks/{id}", removed=True)
    gone = rehearsal.spotify("GET", f"tracks/{id}", access)
    assert error_of(gone) == (404, "Resource not found", None)
    assert rehearsal.queue(access, id).status_code == 404
    rehearsal.control(f"spotify/tracks/{id}", removed=False)
    assert rehearsal.spotify("GET", f"tracks/{id}", access).ok


def test_a_bad_id_is_not_the_same_as_an_unknown_one(rehearsal: Rehearsal, access: str) -> None:
    bad = rehearsal.spotify("GET", "tracks/hello", access)
    assert error_of(bad) == (400, "Invalid base62 id", None)
    assert rehearsal.spotify("GET", f"tracks/{'0' * 22}", access).status_code == 404


def test_search_answers_five_and_at_most_ten(rehearsal: Rehearsal, access: str) -> None:
    found = rehearsal.spotify("GET", "search?q=e&type=track", access).json()["tracks"]
    assert (len(found["items"]), found["limit"], found["offset"]) == (5, 5, 0)
    more = rehearsal.spotify(
        "GET", found["next"].partition("/v1/")[2].replace("query=", "q="), access
    )
    assert more.json()["tracks"]["offset"] == 5
    many = rehearsal.spotify("GET", "search?q=e&type=track&limit=11", access)
    assert error_of(many) == (400, "Invalid limit", None)
    none = rehearsal.spotify("GET", "search?q=nothing+like+it&type=track,album", access).json()
    assert (none["tracks"]["items"], none["albums"]["total"]) == ([], 0)


@pytest.mark.parametrize("query", ["", "q=", "q=x", "q=x&type=song", "q=x&type=track&offset=-1"])
def test_a_search_that_makes_no_sense_is_refused(
    rehearsal: Rehearsal, access: str, query: str
) -> None:
    assert rehearsal.spotify("GET", f"search?{query}", access).status_code == 400


@pytest.mark.parametrize(
    "uri", ["", "spotify:album:7zzgoHm729Lfzz81glDjnj", "spotify:track:x", "\x00" * 30]
)
def test_only_a_tracks_uri_can_be_queued(rehearsal: Rehearsal, access: str, uri: str) -> None:
    answer = rehearsal.spotify("POST", "me/player/queue", access, params={"uri": uri})
    assert answer.status_code == 400
    assert rehearsal.effects("song_queued") == []


def test_an_unknown_call_is_refused_in_spotifys_words(rehearsal: Rehearsal, access: str) -> None:
    assert error_of(rehearsal.spotify("GET", "tracks", access)) == (404, "Service not found", None)
    assert rehearsal.spotify("DELETE", "me/player", access).status_code == 405


def test_calls_are_counted_by_endpoint(rehearsal: Rehearsal, access: str) -> None:
    for title in ("Glasshouse", "Lemon Grove"):
        rehearsal.spotify("GET", f"tracks/{rehearsal.track(title)}", access)
    rehearsal.control("faults", kind="spotify_quota", count=1)
    rehearsal.spotify("POST", "me/player/next", access)
    seen = rehearsal.look("spotify")
    assert seen["calls"] == {"GET /v1/tracks/{id}": 2, "POST /v1/me/player/next": 1}
    assert seen["calls_total"] == 3
