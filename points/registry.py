"""What upper apps know: who wants to be shown nowhere, and where a cause has its page."""

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


# Makes the address of a cause's page of its id.
Page = Callable[[str], str]

_pages: dict[str, Page] = {}


def page_of(cause_type: str) -> Callable[[Page], Page]:
    """Register where the page of such causes is; it is asked for each entry, so quickly."""

    def register(page: Page) -> Page:
        _pages[cause_type] = page
        return page

    return register


def page(cause_type: str, cause_id: str) -> str | None:
    """Return the address of the page that shows this cause, if there is one."""
    made = _pages.get(cause_type)
    return made(cause_id) if made else None
