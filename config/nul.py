"""Addresses that hold a NUL are refused at once: no row has one, and PostgreSQL will not look."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin


class RefuseNulMiddleware(MiddlewareMixin):
    """Answers 400 to a path or a query with a NUL, before any view searches for it."""

    def process_request(self, request: HttpRequest) -> None:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address holds a NUL.")
