"""What can go wrong between Spotify and us, each with a code and a sentence for the streamer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sagas import flow

RATE_PAUSE = timedelta(seconds=30)
QUOTA_PAUSE = timedelta(hours=1)
LONGEST_PAUSE = timedelta(days=7)


class SpotifyProblem(flow.NotDone):
    """Spotify surely did not do it; `sentence` tells the streamer why, and what helps."""

    code = "unavailable"
    default = "Spotify cannot be asked right now."

    def __init__(self, sentence: str = "") -> None:
        self.sentence = sentence or self.default
        super().__init__(self.sentence)


class NoActiveDevice(SpotifyProblem):
    code = "no_active_device"
    default = "Spotify plays on no device: press play in the Spotify app once."


class PremiumRequired(SpotifyProblem):
    code = "premium_required"
    default = "Spotify lets only Premium accounts control the player: check the connected account."


class RestrictedDevice(SpotifyProblem):
    code = "restricted_device"
    default = "The device on which Spotify plays cannot be controlled: play on another one."


class TrackNotFound(SpotifyProblem):
    code = "track_not_found"
    default = "Spotify has no such track."


class NotPlayable(SpotifyProblem):
    code = "not_playable"
    default = "Spotify cannot play this track in your country."


class WrongAccount(SpotifyProblem):
    code = "wrong_account"
    default = (
        "The connected Spotify account is not a user of your application:"
        " add it there, or connect the right one."
    )


class ReconnectNeeded(SpotifyProblem):
    """Also when the account was never connected, or lacks a permission."""

    code = "reconnect_needed"
    default = "Spotify no longer accepts our consent: connect the player's account again."


class TokenRefused(ReconnectNeeded):
    """401: another token may do."""


class Unavailable(SpotifyProblem):
    """Spotify cannot be reached, is in trouble, or answers what cannot be understood."""


class Later(SpotifyProblem):
    """No call is made before `retry_at`, an aware datetime."""

    def __init__(self, retry_at: datetime, sentence: str = "") -> None:
        super().__init__(sentence)
        self.retry_at = retry_at


class RateLimited(Later):
    code = "rate_limited"
    default = "Spotify asks us to slow down for a moment."


class QuotaExhausted(Later):
    code = "quota_exhausted"
    default = "Spotify's daily quota for your developer account is used up."


class BudgetSpent(Later):
    code = "budget_spent"
    default = "Today's budget of Spotify calls is used up."


class Unsure(flow.Unsure):
    """The answer to a call with an effect was lost, or Spotify failed over it."""

    code = "unsure"
    sentence = "Spotify did not say whether it was done."


def of(
    method: str, path: str, status: int, headers: Mapping[str, str], payload: object, now: datetime
) -> SpotifyProblem | Unsure:
    """Return the error for an answer that was not a success; `path` begins behind the version."""
    reason, message = _said(payload)
    if status == 429:
        return _limit(reason, message, headers, now)
    if status == 401:
        return TokenRefused()
    if status == 403:
        return _forbidden(reason, message)
    if status in (400, 404):
        return _unknown(method, path, status, f"{reason} {message}")
    if (status >= 500 or status == 408) and method != "GET":
        return Unsure(f"Spotify answered {status}: it may have been done.")
    return Unavailable(f"Spotify is in trouble: it answered {status}.")


def _said(payload: object) -> tuple[str, str]:
    """Return reason and message, in capitals and in lower case, whatever the body looks like."""
    error = payload.get("error", payload) if isinstance(payload, dict) else payload
    if isinstance(error, dict):
        return str(error.get("reason", "")).upper(), str(error.get("message", "")).lower()
    return "", str(error).lower() if isinstance(error, str) else ""


def _limit(reason: str, message: str, headers: Mapping[str, str], now: datetime) -> Later:
    is_quota = reason == "QUOTA_EXCEEDED" or "quota" in message
    pause = QUOTA_PAUSE if is_quota else RATE_PAUSE
    after = headers.get("Retry-After", "").strip()
    if after.isascii() and after.isdecimal():
        pause = timedelta(seconds=max(int(after[:9]), 1))
    retry_at = now + min(pause, LONGEST_PAUSE)
    return QuotaExhausted(retry_at) if is_quota else RateLimited(retry_at)


def _forbidden(reason: str, message: str) -> SpotifyProblem:
    if reason == "PREMIUM_REQUIRED" or "premium" in message:
        return PremiumRequired()
    if "scope" in message:
        return ReconnectNeeded("A permission is missing: connect the player's account again.")
    if "not registered" in message or "developer dashboard" in message:
        return WrongAccount()
    if "RESTRICT" in reason or "restrict" in message or reason == "DEVICE_NOT_CONTROLLABLE":
        return RestrictedDevice()
    return Unavailable("Spotify refuses this (403).")


def _unknown(method: str, path: str, status: int, said: str) -> SpotifyProblem:
    is_player = path.startswith("me/player")
    if is_player and status == 404 and ("NO_ACTIVE_DEVICE" in said or "device" in said):
        return NoActiveDevice()
    if path.startswith("tracks/"):
        return TrackNotFound()
    if path == "me/player/queue" and method == "POST":
        return TrackNotFound() if status == 404 else NotPlayable()
    if is_player and status == 404:
        return NoActiveDevice()
    return Unavailable(f"Spotify cannot make sense of our request ({status}).")


LATER: Mapping[str, type[Later]] = {kind.code: kind for kind in (RateLimited, QuotaExhausted)}
BY_CODE: Mapping[str, type[SpotifyProblem]] = {
    kind.code: kind for kind in (NoActiveDevice, PremiumRequired, RestrictedDevice, WrongAccount)
}
