"""Spotify misbehaving: limits, lost answers, text, and a consent that is withdrawn."""

from __future__ import annotations

import pytest
import requests

from tests.rehearsal.client import CLIENT, COMMANDING, Rehearsal


@pytest.fixture
def access(rehearsal: Rehearsal) -> str:
    return rehearsal.connect()


@pytest.fixture
def lag(rehearsal: Rehearsal) -> str:
    return rehearsal.track("Lag")


def test_a_short_limit_says_when_to_come_back(rehearsal: Rehearsal, access: str) -> None:
    rehearsal.control("faults", kind="429", count=1, retry_after=7, path="/spotify")
    refused = rehearsal.spotify("GET", "me/player", access)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
    assert refused.json() == {"error": {"status": 429, "message": "API rate limit exceeded"}}
    assert rehearsal.spotify("GET", "me/player", access).ok


@pytest.mark.parametrize(("wish", "seconds"), [({"retry_after": 52_531}, "52531"), ({}, "79892")])
def test_a_spent_quota_lasts_for_hours(
    rehearsal: Rehearsal, access: str, lag: str, wish: dict[str, int], seconds: str
) -> None:
    rehearsal.control("faults", kind="spotify_quota", **wish)
    refused = rehearsal.queue(access, lag)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, seconds)
    assert refused.json()["error"]["reason"] == "QUOTA_EXCEEDED"
    assert rehearsal.effects("song_queued") == []
    assert rehearsal.sign_in("greenroom")["access_token"]


def test_a_server_error_has_no_effect(rehearsal: Rehearsal, access: str, lag: str) -> None:
    rehearsal.control("faults", kind="500", count=1, path="/spotify/v1/me/player/queue")
    refused = rehearsal.queue(access, lag)
    assert refused.json() == {"error": {"status": 500, "message": "Server error"}}
    assert rehearsal.effects("song_queued") == []


def test_a_502_may_come_after_the_deed(rehearsal: Rehearsal, access: str, lag: str) -> None:
    rehearsal.control("faults", kind="spotify_502_after", count=1)
    assert rehearsal.spotify("GET", "me/player", access).ok
    assert rehearsal.queue(access, lag).status_code == 502
    assert len(rehearsal.effects("song_queued")) == 1
    assert rehearsal.queue(access, lag).ok


def test_a_lost_answer_has_its_effect(rehearsal: Rehearsal, access: str, lag: str) -> None:
    rehearsal.control("faults", kind="drop_after", count=1, path="/spotify/v1/me/player/queue")
    with pytest.raises(requests.ConnectionError):
        rehearsal.queue(access, lag)
    assert len(rehearsal.effects("song_queued")) == 1


def test_good_answers_may_come_as_text(rehearsal: Rehearsal, access: str) -> None:
    rehearsal.control("faults", kind="spotify_text", count=1)
    answer = rehearsal.spotify("GET", "me/player/queue", access)
    assert answer.ok
    with pytest.raises(ValueError, match=r"."):
        answer.json()


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        ("spotify_no_device", 404, "NO_ACTIVE_DEVICE"),
        ("spotify_premium", 403, "PREMIUM_REQUIRED"),
        ("spotify_restricted", 403, "UNKNOWN"),
    ],
)
def test_the_player_may_refuse(
    rehearsal: Rehearsal, access: str, lag: str, kind: str, status: int, reason: str
) -> None:
    rehearsal.control("faults", kind=kind, count=1, method="POST")
    refused = rehearsal.queue(access, lag)
    assert (refused.status_code, refused.json()["error"]["reason"]) == (status, reason)
    assert rehearsal.queue(access, lag).ok
    assert len(rehearsal.effects("song_queued")) == 1


def test_a_missing_device_answers_204(rehearsal: Rehearsal, access: str) -> None:
    rehearsal.control("faults", kind="spotify_no_device")
    answer = rehearsal.spotify("GET", "me/player", access)
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_withdrawn_consent_ends_every_token(rehearsal: Rehearsal) -> None:
    given = rehearsal.control("spotify/tokens", scopes=COMMANDING)
    rehearsal.control("faults", kind="spotify_revoked")
    assert rehearsal.spotify("GET", "me", given["access_token"]).status_code == 401
    answer = rehearsal.http.post(
        f"{rehearsal.url}/spotify/accounts/api/token",
        data={"grant_type": "refresh_token", "refresh_token": given["refresh_token"], **CLIENT},
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_the_accounts_service_fails_in_its_own_words(rehearsal: Rehearsal) -> None:
    rehearsal.control("faults", kind="500", count=1, path="/spotify/accounts")
    answer = rehearsal.http.post(f"{rehearsal.url}/spotify/accounts/api/token", data=CLIENT)
    assert (answer.status_code, answer.json()["error"]) == (500, "server_error")


def test_twitch_keeps_its_own_words(rehearsal: Rehearsal) -> None:
    rehearsal.control("faults", kind="500", count=1)
    answer = rehearsal.helix("GET", "users", "any")
    assert answer.json()["error"] == "Internal Server Error"
