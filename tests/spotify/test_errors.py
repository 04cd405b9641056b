"""From what Spotify says to what it means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from spotify.client import errors

NOW = datetime(2026, 11, 21, 20, tzinfo=UTC)
TRACK, PLAYER, ADD, NEXT = "tracks/x", "me/player", "me/player/queue", "me/player/next"


def said(message: str, reason: str = "") -> dict[str, Any]:
    return {"error": {"status": 0, "message": message} | ({"reason": reason} if reason else {})}


ROWS = [
    ("GET", TRACK, 401, said("The access token expired"), "reconnect_needed"),
    ("POST", ADD, 401, "", "reconnect_needed"),
    ("POST", ADD, 403, said("Player command failed: Premium required", "PREMIUM_REQUIRED"), "p"),
    ("GET", PLAYER, 403, said("Active premium subscription required for the owner"), "p"),
    ("POST", NEXT, 403, said("Player command failed: Restricted device", "UNKNOWN"), "restricted"),
    (
        "POST",
        ADD,
        403,
        said("Player command failed: Restriction violated", "UNKNOWN"),
        "restricted",
    ),
    ("POST", NEXT, 403, said("x", "DEVICE_NOT_CONTROLLABLE"), "restricted"),
    ("GET", PLAYER, 403, said("Insufficient client scope"), "reconnect_needed"),
    ("GET", PLAYER, 403, "User not registered in the Developer Dashboard", "wrong_account"),
    ("GET", PLAYER, 403, said("The user is not registered for this application."), "wrong_account"),
    ("GET", PLAYER, 403, "", "unavailable"),
    (
        "POST",
        ADD,
        404,
        said("Player command failed: No active device found", "NO_ACTIVE_DEVICE"),
        "d",
    ),
    ("POST", NEXT, 404, said("Device not found"), "d"),
    ("GET", PLAYER, 404, "", "d"),
    ("POST", ADD, 404, said("Resource not found"), "track_not_found"),
    ("GET", TRACK, 404, said("Non existing id"), "track_not_found"),
    ("GET", TRACK, 400, said("Invalid base62 id"), "track_not_found"),
    ("POST", ADD, 400, said("Invalid track uri"), "not_playable"),
    ("GET", "me", 404, "", "unavailable"),
    ("GET", PLAYER, 429, said("API rate limit exceeded"), "rate_limited"),
    ("POST", ADD, 429, "Too many requests", "rate_limited"),
    ("GET", TRACK, 429, said("Daily quota exceeded", "QUOTA_EXCEEDED"), "quota_exhausted"),
    ("GET", TRACK, 429, {"error": "quota exceeded"}, "quota_exhausted"),
    ("GET", PLAYER, 500, "", "unavailable"),
    ("GET", PLAYER, 302, "", "unavailable"),
    ("POST", ADD, 302, "", "unavailable"),
    ("POST", ADD, 500, said("Server error"), "unsure"),
    ("POST", NEXT, 502, "<html>Bad gateway</html>", "unsure"),
    ("POST", ADD, 408, "", "unsure"),
    ("GET", PLAYER, 418, [], "unavailable"),
    ("GET", PLAYER, 403, {"error": {"message": None, "reason": 7}}, "unavailable"),
    ("GET", PLAYER, 403, {"error": ["premium"]}, "unavailable"),
]
SHORT = {"p": "premium_required", "restricted": "restricted_device", "d": "no_active_device"}


@pytest.mark.parametrize(("method", "path", "status", "payload", "code"), ROWS)
def test_each_refusal_has_its_code(
    method: str, path: str, status: int, payload: object, code: str
) -> None:
    error = errors.of(method, path, status, {}, payload, NOW)
    assert error.code == SHORT.get(code, code)
    assert error.sentence


@pytest.mark.parametrize(
    ("after", "reason", "seconds"),
    [
        ("2", "", 2),
        ("0", "", 1),
        ("79892", "QUOTA_EXCEEDED", 79_892),
        ("90000", "", 90_000),
        ("99999999999999999999", "", 7 * 24 * 3600),
        ("", "", 30),
        ("", "QUOTA_EXCEEDED", 3600),
        ("-5", "", 30),
        ("soon", "QUOTA_EXCEEDED", 3600),
        ("٣", "", 30),
    ],
)
def test_a_limit_says_until_when(after: str, reason: str, seconds: int) -> None:
    headers = {"Retry-After": after} if after else {}
    error = errors.of("GET", PLAYER, 429, headers, said("limit", reason), NOW)
    assert isinstance(error, errors.Later)
    assert error.retry_at == NOW + timedelta(seconds=seconds)


def test_only_a_lost_answer_leaves_open_what_happened() -> None:
    for status in range(300, 600):
        error = errors.of("POST", ADD, status, {}, None, NOW)
        may_be_done = status >= 500 or status == 408
        assert isinstance(error, errors.Unsure) == may_be_done, status
