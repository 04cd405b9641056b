"""Helix's way to say no."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import Any

from aiohttp import web

from rehearsal.faults import Refusals


class HelixError(Exception):
    """A refusal in Helix's shape: ``{"error", "status", "message"}`` and sometimes more."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.more = more

    def answer(self) -> web.Response:
        """The refusal as an HTTP answer."""
        body = {
            "error": HTTPStatus(self.status).phrase,
            "status": self.status,
            "message": self.message,
        }
        return web.json_response({**body, **self.more}, status=self.status)


def _too_many(seconds: int) -> web.Response:
    answer = HelixError(429, "request rate limit reached").answer()
    answer.headers["Ratelimit-Limit"] = "800"
    answer.headers["Ratelimit-Remaining"] = "0"
    answer.headers["Ratelimit-Reset"] = str(int(time.time()) + seconds)
    return answer


REFUSALS = Refusals(
    too_many=_too_many, broken=lambda: HelixError(500, "something went wrong").answer()
)
