"""How the API says that something is wrong: always {"code", "detail"}."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, JsonResponse
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.exceptions import (
    APIException,
    ErrorDetail,
    NotFound,
    PermissionDenied,
    ValidationError,
)
from rest_framework.response import Response
from rest_framework.views import exception_handler as default_handler


class NotNow(APIException):
    """What is asked for goes against how things stand; whoever raises it gives the code."""

    status_code = 409


class DatabaseAway(APIException):
    status_code = 503
    default_code = "unavailable"
    default_detail = "The database does not answer: try again in a moment."


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer {"code", "detail"}: the code is stable and for programs, the detail is for people."""
    if isinstance(error, Http404):
        error = NotFound("There is no such thing here.")
    elif isinstance(error, DjangoPermissionDenied):
        error = PermissionDenied()
    elif isinstance(error, OperationalError | InterfaceError):
        error = DatabaseAway()
    response = default_handler(error, context)
    if response is None:
        return None
    if isinstance(error, ValidationError):
        code, detail = _first(error.detail)
        response.data = {"code": code, "detail": detail}
    elif isinstance(error, APIException):
        said = error.detail
        name = said.code if isinstance(said, ErrorDetail) else error.default_code
        response.data = {"code": name, "detail": str(said)}
    return response


def answer(status: int, code: str, detail: str) -> JsonResponse:
    """Answer a problem from outside of the API's views."""
    return JsonResponse({"code": code, "detail": detail}, status=status)


def _first(detail: Any, field: str = "") -> tuple[str, str]:
    """Return the code of the first complaint and a sentence that names its field."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        # A number is the place of an entry in its field.
        named = field if isinstance(name, int) else "" if name == "non_field_errors" else str(name)
        return _first(inner, named)
    if isinstance(detail, list):
        return _first(detail[0], field)
    code = detail.code if isinstance(detail, ErrorDetail) else "invalid"
    return str(code), f"{field}: {detail}" if field else str(detail)


class Problem(serializers.Serializer[Any]):
    """What every answer that is not a success holds."""

    code = serializers.CharField(help_text="Stable, for programs.")
    detail = serializers.CharField(help_text="A sentence for people.")


def problem(name: str, code: str, detail: str, status_code: int) -> OpenApiExample:
    """Return an example of a problem, for the API's schema."""
    return OpenApiExample(
        name,
        {"code": code, "detail": detail},
        response_only=True,
        status_codes=[str(status_code)],
    )
