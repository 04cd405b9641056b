"""Where the overlay is shown: each address, and what its pages tell of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from overlay import services as overlay
from overlay.models import OverlayToken
from overlay.services import Page


@dataclass(frozen=True)
class Address:
    """An address of the overlay, how it is used now in a word or two, and its pages."""

    id: int
    name: str
    state: str
    last_seen_at: datetime | None
    pages: list[Page]

    @property
    def is_connected(self) -> bool:
        return bool(self.pages)

    @property
    def is_on_air(self) -> bool:
        return any(page.is_on_air for page in self.pages)

    @property
    def is_outdated(self) -> bool:
        """Whether a page is of another version than the one that is served, and loads no new."""
        return any(page.version and not page.is_current for page in self.pages)


def addresses(now: datetime) -> list[Address]:
    """Return every address that may be used, the oldest first."""
    pages = overlay.presence(now)
    return [
        _address(token, [page for page in pages if page.address_id == token.pk])
        for token in OverlayToken.objects.valid().order_by("pk")
    ]


def _address(token: OverlayToken, pages: list[Page]) -> Address:
    return Address(token.pk, token.name, _state(token, pages), token.last_seen_at, pages)


def _state(token: OverlayToken, pages: list[Page]) -> str:
    if any(page.is_on_air for page in pages):
        return "on air"
    if any(page.is_visible for page in pages):
        return "in a preview"
    if any(page.is_visible is False for page in pages):
        return "hidden in OBS"
    if pages:
        return "connected"
    return "away" if token.last_seen_at else "never used"
