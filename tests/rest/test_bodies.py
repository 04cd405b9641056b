"""Bodies: what nobody asked for is refused, and said before what is missing."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from rest.bodies import Body


class WishBody(Body):
    colour = serializers.CharField()
    is_seen = serializers.BooleanField(read_only=True)


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({"color": "red"}, "color", "unknown_field"),
        ({"colour": "red", "is_seen": True}, "is_seen", "unknown_field"),
        ({}, "colour", "required"),
        (["colour"], "non_field_errors", "invalid"),
    ],
)
def test_what_cannot_be_set_is_refused(sent: Any, field: str, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        WishBody(data=sent).is_valid(raise_exception=True)
    complaints: Any = caught.value.detail
    first: ErrorDetail = complaints[field] if code == "unknown_field" else complaints[field][0]
    assert first.code == code


def test_what_can_be_set_is_read() -> None:
    body = WishBody(data={"colour": "red"})
    assert body.is_valid()
    assert body.validated_data == {"colour": "red"}
