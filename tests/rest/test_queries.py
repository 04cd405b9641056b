"""Query strings and pages: what makes no sense is refused, and never breaks anything."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils.http import urlencode
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from rest.queries import NoQuery, PageQuery, Pages, Query
from twitch.models import Viewer

# A broken cursor may reach PostgreSQL, and its refusal would end a test's surrounding transaction.
pytestmark = pytest.mark.django_db(transaction=True)


class WishQuery(Query):
    color = serializers.ChoiceField(["red", "blue"], default="red")
    limit = serializers.IntegerField(min_value=1, max_value=100, required=False)


class ById(Pages):
    ordering = "-id"


class BySight(Pages):
    ordering = ("-first_seen_at", "-id")


def request(query: str = "") -> Request:
    return Request(APIRequestFactory().get(f"/?{query}"))


def turn(pages: type[Pages], query: str) -> tuple[list[str], str | None]:
    """Return the ids of a page of viewers, and the query of the next page."""
    pager = pages()
    rows = pager.paginate_queryset(Viewer.objects.all(), request(query))
    following = pager.get_next_link()
    return [row.pk for row in rows or []], following and urlsplit(following).query


def cursor(**what: Any) -> str:
    return urlencode({"cursor": b64encode(urlencode(what).encode()).decode()})


# --- Queries ---------------------------------------------------------------------------------


def test_values_are_checked_and_defaults_filled_in() -> None:
    assert WishQuery.read(request()) == {"color": "red"}
    assert WishQuery.read(request("limit=7&color=blue")) == {"color": "blue", "limit": 7}


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("size=1", "size", "unknown_key"),
        ("Limit=1", "Limit", "unknown_key"),
        ("limit[]=1", "limit[]", "unknown_key"),
        ("=1", "", "unknown_key"),
        ("limit=1&limit=1", "limit", "repeated_key"),
        ("limit=0", "limit", "min_value"),
        ("limit=101", "limit", "max_value"),
        ("limit=", "limit", "invalid"),
        ("limit=1e2", "limit", "invalid"),
        ("limit=%00", "limit", "invalid"),
        ("limit=" + "9" * 1001, "limit", "max_string_length"),
        ("color=", "color", "invalid_choice"),
        ("color=RED", "color", "invalid_choice"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_key_and_a_code(
    query: str, field: str, code: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        WishQuery.read(request(query))
    ((name, (complaint,)),) = serializers.as_serializer_error(caught.value).items()
    assert (name, complaint.code) == (field, code)


def test_the_known_keys_are_named() -> None:
    with pytest.raises(ValidationError, match=r"known: color, limit\."):
        WishQuery.read(request("colour=red"))
    with pytest.raises(ValidationError, match=r"known: none\."):
        NoQuery.read(request("colour=red"))


# --- Pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("pages", [ById, BySight])
def test_pages_neither_skip_nor_repeat_while_rows_are_added(pages: type[Pages]) -> None:
    for number in range(5):
        Viewer.objects.create(id=str(number))
    first, following = turn(pages, "limit=2")
    Viewer.objects.create(id="9")
    second, following = turn(pages, following or "")
    third, following = turn(pages, following or "")
    assert (first, second, third) == (["4", "3"], ["2", "1"], ["0"])
    assert following is None


def test_a_next_page_is_asked_for_as_the_first_was() -> None:
    Viewer.objects.bulk_create([Viewer(id=str(number)) for number in range(3)])
    _, following = turn(ById, "limit=1")
    assert dict(parse_qsl(following or "")).keys() == {"cursor", "limit"}
    assert PageQuery.read(request(following or ""))["limit"] == 1


def test_no_page_is_larger_than_a_hundred() -> None:
    Viewer.objects.bulk_create([Viewer(id=str(number)) for number in range(101)])
    ids, _ = turn(ById, "limit=101")
    assert len(ids) <= 100


@pytest.mark.parametrize(
    "query",
    [
        "cursor=nonsense",
        "cursor=%FF",
        cursor(p="yesterday"),
        cursor(p="2026-99-99"),
        cursor(p="\0"),
        cursor(p="9" * 40),
        cursor(p="0001-01-01T00:00:00-23:59"),
        cursor(p="x", r=1),
        cursor(o="x"),
    ],
)
def test_a_cursor_that_is_none_of_ours_is_not_found(query: str) -> None:
    Viewer.objects.create(id="1")
    with pytest.raises(NotFound):
        turn(BySight, query)


def test_an_error_without_a_cursor_is_not_taken_for_one() -> None:
    class Broken(Pages):
        ordering = "first_seen_at"

    pager = Broken()
    rows = Viewer.objects.extra(where=["first_seen_at > 'never'"])
    with pytest.raises(Exception, match="never"):
        pager.paginate_queryset(rows, request())
