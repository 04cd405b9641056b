"""Strict bodies: what cannot be set is refused, never ignored."""

from __future__ import annotations

from typing import Any, Self

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


class Body(serializers.Serializer[Any]):
    """The body of a request, declared as fields; another field is refused (`unknown_field`)."""

    @classmethod
    def checked(cls, request: Request) -> Self:
        """Return the body as it was sent, checked; raises ValidationError."""
        body = cls(data=request.data)
        body.is_valid(raise_exception=True)
        return body

    @classmethod
    def read(cls, request: Request) -> dict[str, Any]:
        """Return the checked values; raises ValidationError with the code of what is wrong."""
        return dict(cls.checked(request).validated_data)

    def to_internal_value(self, data: Any) -> Any:
        """Look for unknown fields first: a field that is misspelled is else said to be missing."""
        for name in data if isinstance(data, dict) else ():
            if name not in self.fields or self.fields[name].read_only:
                raise ValidationError({name: "This cannot be set."}, "unknown_field")
        return super().to_internal_value(data)
