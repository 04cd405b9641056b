"""What the watcher's pages share."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.models import User


def person(request: HttpRequest) -> User:
    """Return who is signed in, behind `gate.signed_in`."""
    assert isinstance(request.user, User)  # noqa: S101 (the gate let them in)
    return request.user


def context(**more: Any) -> dict[str, Any]:
    return {"rehearsal": settings.REHEARSAL, **more}
