"""Which pages show the overlay now, as they themselves and OBS tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import BoolOr

from overlay.models import FRESH, Cue, OverlayPage, OverlayToken
from overlay.services.assets import version
from overlay.services.payloads import KINDS

VERSION = re.compile(r"[0-9a-f]{0,12}")
KEY = re.compile(r"[0-9a-f]{16,40}")
MOST = 2**63 - 1


@dataclass(frozen=True)
class Report:
    """What a page says of itself; None is what it does not know: only OBS tells the first two."""

    is_on_air: bool | None
    is_visible: bool | None
    version: str
    shown: int | None
    key: str

    @classmethod
    def read(cls, message: dict[str, Any]) -> Report:
        """Return what the message says; raises ValueError for what no page of ours says."""
        flags = message.get("is_on_air"), message.get("is_visible")
        digest, shown = message.get("version"), message.get("shown")
        key = message.get("key")
        if any(flag is not None and not isinstance(flag, bool) for flag in flags):
            raise ValueError
        if not isinstance(digest, str) or not VERSION.fullmatch(digest):
            raise ValueError
        if not isinstance(key, str) or not KEY.fullmatch(key):
            raise ValueError
        if shown is not None and (type(shown) is not int or not 0 < shown <= MOST):
            raise ValueError
        return cls(*flags, digest, shown, key)


@dataclass(frozen=True)
class Page:
    """A page that is connected; `is_current` says whether it is of the version served now."""

    address_id: int
    address: str
    is_on_air: bool | None
    is_visible: bool | None
    version: str
    is_current: bool
    last_cue: str
    last_cue_at: datetime | None
    since: datetime
    seen_at: datetime

    @property
    def last_shown(self) -> str:
        """What it showed last, in words; "" for nothing yet."""
        return KINDS.get(self.last_cue, self.last_cue)


def presence(now: datetime) -> list[Page]:
    """Return the pages that are connected, by address, the longest there first; one query."""
    rows = OverlayPage.objects.present(now).select_related("token")
    return [
        Page(
            address_id=row.token_id,
            address=row.token.name,
            is_on_air=row.is_on_air,
            is_visible=row.is_visible,
            version=row.version,
            is_current=row.version == version(),
            last_cue=row.last_cue,
            last_cue_at=row.last_cue_at,
            since=row.since,
            seen_at=row.seen_at,
        )
        for row in rows.order_by("token_id", "pk")
    ]


def arrive(token: OverlayToken, now: datetime) -> OverlayPage | None:
    """Note that a page came; None if its address was revoked."""
    if not _touch(token.pk, now):
        return None
    # What a process that died could not take back.
    OverlayPage.objects.filter(seen_at__lte=now - FRESH).delete()
    return OverlayPage.objects.create(token=token, since=now, seen_at=now)


def stay(page: OverlayPage, now: datetime) -> bool:
    """Note that the page is still there; returns whether it may stay."""
    if not _touch(page.token_id, now):
        return False
    page.seen_at = now
    # This makes it anew if it was forgotten while its process could not reach the database.
    page.save()
    _note_on_air(page.token_id, now)
    return True


def tell(page: OverlayPage, report: Report, now: datetime) -> bool:
    """Note what the page says of itself; returns whether it may stay."""
    if page.key != report.key:
        # It has come back before its last socket was missed.
        OverlayPage.objects.filter(token=page.token_id, key=report.key).delete()
        page.key = report.key
    page.is_on_air, page.is_visible = report.is_on_air, report.is_visible
    page.version = report.version
    if report.shown is not None and report.shown != page.last_cue_seq:
        cue = Cue.objects.filter(seq=report.shown).first()
        if cue is not None:
            page.last_cue, page.last_cue_seq, page.last_cue_at = cue.kind, cue.seq, now
    return stay(page, now)


def leave(page: OverlayPage, now: datetime) -> None:
    """Note that the page is gone."""
    page.delete()
    _note_on_air(page.token_id, now)


def _touch(token_id: int, now: datetime) -> bool:
    return bool(OverlayToken.objects.valid().filter(pk=token_id).update(last_seen_at=now))


def _note_on_air(token_id: int, now: datetime) -> None:
    """An address is on air while one of its pages is."""
    pages = OverlayPage.objects.present(now).filter(token_id=token_id)
    is_on_air = pages.aggregate(any=BoolOr("is_on_air"))["any"]
    OverlayToken.objects.valid().filter(pk=token_id).update(is_on_air=is_on_air)
