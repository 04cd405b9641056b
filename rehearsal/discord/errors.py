"""Discord's ways to say no: a number and a message, or for OAuth a word."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from rehearsal.faults import Refusals

UNKNOWN_CHANNEL = (404, 10003, "Unknown Channel")
UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
EMPTY_MESSAGE = (400, 50006, "Cannot send an empty message")
INVALID_TOKEN = (401, 50027, "Invalid Webhook Token")
INVALID_JSON = (400, 50109, "The request body contains invalid JSON.")
BLOCKED = (403, 40333, "internal network error")
TOO_MANY_WEBHOOKS = (400, 30007, "Maximum number of webhooks reached (15)")
FORUM_NEEDS_THREAD = (
    400,
    220001,
    "Webhooks posted to forum channels must have a thread_name or thread_id",
)
FORUM_HAS_BOTH = (
    400,
    220002,
    "Webhooks posted to forum channels cannot have both a thread_name and thread_id",
)
ONLY_FORUMS_MAKE_THREADS = (400, 220003, "Webhooks can only create threads in forum channels")
UNAUTHORIZED = (401, 0, "401: Unauthorized")
NOT_FOUND = (404, 0, "404: Not Found")
NOT_ALLOWED = (405, 0, "405: Method Not Allowed")
BROKEN = (500, 0, "500: Internal Server Error")
INVALID_FORM = 50035


class ApiError(Exception):
    """A refusal of the API: ``{"message", "code", "errors"?}``."""

    def __init__(self, refusal: tuple[int, int, str], errors: dict[str, Any] | None = None) -> None:
        self.status, self.code, self.message = refusal
        super().__init__(self.message)
        self.errors = errors

    @classmethod
    def invalid(cls, errors: dict[str, Any]) -> ApiError:
        """The refusal of a body or a query, with a tree of what is wrong where."""
        return cls((400, INVALID_FORM, "Invalid Form Body"), errors)

    def answer(self) -> web.Response:
        """The refusal as an HTTP answer."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.errors:
            body["errors"] = self.errors
        return web.json_response(body, status=self.status)


class OAuthError(Exception):
    """A refusal of the token call: ``{"error", "error_description"?}``."""

    def __init__(self, error: str, description: str = "", status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status

    def answer(self) -> web.Response:
        """The refusal as an HTTP answer."""
        body = {"error": self.error}
        if self.description:
            body["error_description"] = self.description
        return web.json_response(body, status=self.status)


def limited(seconds: float, *, is_global: bool = False, scope: str = "user") -> web.Response:
    """A 429 as the API answers it: the body says more exactly than the header when to come back."""
    body = {
        "message": "You are being rate limited.",
        "retry_after": round(float(seconds), 3),
        "global": is_global,
    }
    headers = {"Retry-After": str(max(1, -int(-seconds // 1))), "X-RateLimit-Scope": scope}
    if is_global:
        headers["X-RateLimit-Global"] = "true"
    return web.json_response(body, status=429, headers=headers)


def walled(seconds: int) -> web.Response:
    """A 429 of the wall before Discord, for an address that asked too often: a page, no JSON."""
    return web.Response(
        status=429,
        text="<!doctype html><title>Access denied</title>error code: 1015",
        content_type="text/html",
        headers={"Retry-After": str(seconds)},
    )


REFUSALS = Refusals(
    too_many=lambda seconds: limited(float(seconds)), broken=lambda: ApiError(BROKEN).answer()
)
