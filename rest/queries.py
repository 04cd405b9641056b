"""Strict query strings: an unknown, repeated or senseless key is refused, never guessed at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError as InvalidValue
from django.db import DataError, models
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from rest.problems import Problem

# How the schema says that a query was refused.
BAD_QUERY = OpenApiResponse(
    Problem, "A query key is unknown (`unknown_key`), repeated (`repeated_key`) or out of range."
)


class Query(serializers.Serializer[Any]):
    """The query keys of an endpoint, declared as fields."""

    @classmethod
    def read(cls, request: Request) -> dict[str, Any]:
        """Return the checked values; raises ValidationError with the code of what is wrong."""
        query = cls(data=request.query_params.dict())
        for name, values in request.query_params.lists():
            if name not in query.fields:
                known = ", ".join(sorted(query.fields)) or "none"
                raise ValidationError({name: f"Unknown query key; known: {known}."}, "unknown_key")
            if len(values) > 1:
                raise ValidationError({name: "Given more than once."}, "repeated_key")
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)


class LimitQuery(Query):
    limit = serializers.IntegerField(min_value=1, max_value=100, default=10)


class NoQuery(Query):
    """For endpoints that take no query at all."""


class PageQuery(Query):
    cursor = serializers.CharField(required=False, help_text="Where the page begins: from `next`.")
    limit = serializers.IntegerField(min_value=1, max_value=100, default=50)


class Pages(CursorPagination):
    """Pages that neither skip nor repeat a row while rows are added."""

    page_size = 50
    max_page_size = 100
    page_size_query_param = "limit"

    def paginate_queryset(
        self,
        queryset: models.QuerySet[Any] | Sequence[Any],
        request: Request,
        view: APIView | None = None,
    ) -> list[Any] | None:
        """Return the page that the cursor names; raises NotFound for a cursor that is none of ours.

        A cursor holds a value of the ordering's column, which anybody can write there.
        """
        try:
            return super().paginate_queryset(queryset, request, view)
        except (InvalidValue, ValueError, DataError):
            if self.decode_cursor(request) is None:
                raise
            raise NotFound(self.invalid_cursor_message) from None
