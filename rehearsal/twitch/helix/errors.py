"""Helix's way to say no."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aiohttp import web


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
