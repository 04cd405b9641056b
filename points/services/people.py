"""Accounts as people see them: whose is shown, how points stand, and why."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.services.forgetting import GONE
from points import registry
from points.models import Account, Entry
from twitch.models import Viewer
from twitch.registry import Invocation
from twitch.services import viewers


def present() -> QuerySet[Account]:
    """Return the accounts, without those of viewers who left."""
    return Account.objects.exclude(viewer__id__startswith=GONE)


def leaderboard(most: int) -> QuerySet[Account]:
    """Return the fullest accounts, without empty ones and those of viewers who hide or left."""
    accounts = shown(present().filter(balance__gt=0))
    return accounts.select_related("viewer").order_by("-balance", "viewer_id")[:most]


def shown(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Return the rows, which have a `viewer`, without those of viewers who hide."""
    for hidden in registry.who_hide():
        rows = rows.exclude(viewer__in=hidden())
    return rows


def find_shown(text: str) -> Viewer | None:
    """Return whom a text names, unless they hide: that must look as if there was nobody."""
    viewer = viewers.find(text)
    return None if viewer is None or is_hidden(viewer) else viewer


def asked_for(call: Invocation) -> Viewer | None:
    """Return whom a command is about: the viewer that it names, or else its caller.

    None when it names nobody, or somebody who hides from its caller.
    """
    viewer = viewers.find(call.argument) if call.argument else call.viewer
    if viewer is not None and viewer != call.viewer and is_hidden(viewer):
        return None
    return viewer


def is_hidden(viewer: Viewer) -> bool:
    ids = Viewer.objects.filter(pk=viewer.pk)
    return any(ids.filter(pk__in=hidden()).exists() for hidden in registry.who_hide())


def account_of(viewer: Viewer) -> Account:
    """Return the viewer's account; an empty one, not stored, for who never had points."""
    return Account.objects.filter(pk=viewer.pk).first() or Account(
        viewer=viewer, balance=0, held=0, owed=0, seq=0
    )


def entries(viewer: Viewer) -> QuerySet[Entry]:
    """Return every change of what the viewer has, newest first."""
    return Entry.objects.filter(account=viewer.pk).order_by("-id")
