"""Who wants to be shown nowhere, as upper apps know it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

# Gives a query of viewers' ids.
WhoHides = Callable[[], "QuerySet[Any, Any]"]

_who_hide: list[WhoHides] = []


def who_hides(query: WhoHides) -> WhoHides:
    """Register a query of viewers whom no list and no public answer shows."""
    _who_hide.append(query)
    return query


def who_hide() -> list[WhoHides]:
    return _who_hide
