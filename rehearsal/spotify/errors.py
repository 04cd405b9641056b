"""Spotify's ways to say no: one for the Web API, one for its accounts."""

from __future__ import annotations

from aiohttp import web

from rehearsal.faults import Refusals

RATE_LIMIT = "API rate limit exceeded"


class ApiError(Exception):
    """A refusal of the Web API: ``{"error": {"status", "message", "reason"?}}``."""

    def __init__(self, status: int, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.reason = reason

    def answer(self) -> web.Response:
        """The refusal as an HTTP answer."""
        error: dict[str, object] = {"status": self.status, "message": self.message}
        if self.reason:
            error["reason"] = self.reason
        return web.json_response({"error": error}, status=self.status)


class AccountsError(Exception):
    """A refusal of the accounts service: ``{"error", "error_description"}``, as OAuth has it."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status

    def answer(self) -> web.Response:
        """The refusal as an HTTP answer."""
        body = {"error": self.error, "error_description": self.description}
        return web.json_response(body, status=self.status)


API_REFUSALS = Refusals(
    too_many=lambda _seconds: ApiError(429, RATE_LIMIT).answer(),
    broken=lambda: ApiError(500, "Server error").answer(),
)
ACCOUNTS_REFUSALS = Refusals(
    too_many=lambda _seconds: AccountsError("rate_limited", "Too many requests", 429).answer(),
    broken=lambda: AccountsError("server_error", "An unexpected error occurred", 500).answer(),
)
