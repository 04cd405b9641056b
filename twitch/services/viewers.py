"""Viewers: known by id, called by their newest name."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from twitch import rules
from twitch.models import Viewer

LONGEST_ID = 32

_REMEMBER = """
INSERT INTO twitch_viewer (id, login, display_name, named_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE
SET login = EXCLUDED.login, display_name = EXCLUDED.display_name, named_at = EXCLUDED.named_at
WHERE twitch_viewer.named_at <= EXCLUDED.named_at
"""


def remember(viewer_id: str, login: str, display_name: str, at: datetime) -> None:
    """Note how a viewer was called at that time; news that are older than ours change nothing."""
    values: list[str | datetime] = [viewer_id, login[:64], (display_name or login)[:128], at]
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, values)


def find(text: str) -> Viewer | None:
    """Return whom a text names: by id or name, with or without @, in any case; None for nobody."""
    name = text.strip()
    is_id = name.isascii() and name.isdecimal() and len(name) <= LONGEST_ID
    by_id = Viewer.objects.filter(pk=name).first() if is_id else None
    return by_id or named(name)


def named(text: str) -> Viewer | None:
    """Return whom a chat line means by this name, with or without an @; None when unknown.

    Names wander: of several viewers that had it, the newest to be called so is meant.
    """
    name = text.strip().removeprefix("@")
    # A display name in Latin letters is the login, but for its case.
    is_login = name.isascii()
    called = Viewer.objects.filter(login=name.lower()) if is_login else _shown_as(name)
    return called.order_by("-named_at").first()


def _shown_as(name: str) -> QuerySet[Viewer]:
    return Viewer.objects.filter(display_name__iexact=name)


def name_in_chat(viewer: Viewer) -> str:
    """Return the name that, after an @, notifies this viewer in chat."""
    return rules.name_in_chat(viewer.login, viewer.display_name)
