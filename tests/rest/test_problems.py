"""Problems: always {"code", "detail"}, whatever went wrong."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from rest import problems


class Person(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=5)


class Wish(serializers.Serializer[Any]):
    people = Person(many=True)
    age = serializers.IntegerField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        raise serializers.ValidationError("They do not fit together.", "unfit")


class Teapot(exceptions.APIException):
    status_code = 418
    default_code = "teapot"
    default_detail = "Short and stout."


class View(APIView):
    permission_classes: ClassVar = [AllowAny]
    authentication_classes: ClassVar = []
    error: ClassVar[Exception] = Exception()

    def get(self, request: Request) -> Response:
        raise self.error

    def post(self, request: Request) -> Response:
        Wish(data=request.data).is_valid(raise_exception=True)
        return Response(None)


def answer_to(error: Exception) -> Response:
    response = View.as_view(error=error)(APIRequestFactory().get("/"))
    assert set(response.data) == {"code", "detail"}
    return response


def answer_to_body(body: str, content_type: str = "application/json") -> tuple[int, str, str]:
    request = APIRequestFactory().generic("POST", "/", body, content_type=content_type)
    response = View.as_view()(request)
    assert set(response.data) == {"code", "detail"}
    return response.status_code, response.data["code"], response.data["detail"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (exceptions.NotFound(), 404, "not_found"),
        (Http404(), 404, "not_found"),
        (exceptions.PermissionDenied(), 403, "permission_denied"),
        (PermissionDenied(), 403, "permission_denied"),
        (exceptions.NotAuthenticated(), 403, "not_authenticated"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.Throttled(wait=3), 429, "throttled"),
        (exceptions.ValidationError("No.", "said_no"), 400, "said_no"),
        (exceptions.ValidationError(["No.", "Never."]), 400, "invalid"),
        (Teapot(), 418, "teapot"),
        (OperationalError("secret"), 503, "unavailable"),
        (Teapot("Empty.", "empty"), 418, "empty"),
    ],
)
def test_every_error_has_a_stable_code(error: Exception, status: int, code: str) -> None:
    response = answer_to(error)
    assert (response.status_code, response.data["code"]) == (status, code)
    assert response.data["detail"]


def test_what_is_no_answer_is_left_to_those_who_log_it() -> None:
    with pytest.raises(ZeroDivisionError):
        answer_to(ZeroDivisionError("secret"))


def test_a_field_is_named_with_its_first_complaint() -> None:
    assert answer_to_body('{"age": 1}') == (400, "required", "people: This field is required.")
    assert answer_to_body('{"people": [], "age": "x"}')[1:] == (
        "invalid",
        "age: A valid integer is required.",
    )


def test_a_field_inside_another_is_named_too() -> None:
    status, code, detail = answer_to_body('{"people": [{"name": "Mo"}, {}], "age": 1}')
    assert (status, code) == (400, "required")
    assert detail == "name: This field is required."


def test_an_entry_of_a_list_is_named_as_its_field() -> None:
    class Words(serializers.Serializer[Any]):
        words = serializers.ListField(child=serializers.CharField(max_length=3))

    body = Words(data={"words": ["one", "three"]})
    with pytest.raises(exceptions.ValidationError) as refused:
        body.is_valid(raise_exception=True)
    detail = "words: Ensure this field has no more than 3 characters."
    assert answer_to(refused.value).data == {"code": "max_length", "detail": detail}


def test_a_complaint_about_the_whole_has_no_field() -> None:
    body = '{"people": [{"name": "Mo"}], "age": 1}'
    assert answer_to_body(body) == (400, "unfit", "They do not fit together.")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "required"),
        ("{", "parse_error"),
        ("[" * 100_000, "parse_error"),
        ('{"age": ' * 100_000, "parse_error"),
        ("9" * 5000, "parse_error"),
        ('{"age": NaN}', "parse_error"),
        ("[]", "invalid"),
        ("null", "null"),
        ('"text"', "invalid"),
        ('{"people": 1, "age": 1}', "not_a_list"),
        ('{"people": [1], "age": 1}', "invalid"),
        ('{"people": [{"name": "a\\u0000"}], "age": 1}', "null_characters_not_allowed"),
        ('{"people": [{"name": "\\ud800"}], "age": 1}', "surrogate_characters_not_allowed"),
        ('{"people": [{"name": "abcdef"}], "age": 1}', "max_length"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_with_a_code(body: str, code: str) -> None:
    assert answer_to_body(body)[:2] == (400, code)


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", "x"])
def test_only_json_is_read(content_type: str) -> None:
    status, code, _ = answer_to_body("{}", content_type)
    assert (status, code) == (415, "unsupported_media_type")


def test_a_problem_from_outside_of_the_views_looks_the_same() -> None:
    response = problems.answer(404, "not_found", "Nothing here.")
    assert response.status_code == 404
    assert json.loads(response.content) == {"code": "not_found", "detail": "Nothing here."}
