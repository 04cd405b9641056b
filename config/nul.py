"""A NUL in what somebody sent is a bad request, also where only PostgreSQL notices it."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin


class RefuseNulMiddleware(MiddlewareMixin):
    """Answers 400 when a view searched for a text with a NUL, which no column can hold."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, DataError) and "NUL (0x00)" in str(exception):
            raise BadRequest("A text holds a NUL.") from exception
