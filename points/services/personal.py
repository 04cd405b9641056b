"""What the ledger knows about one viewer, for them to take along or to have erased."""

from __future__ import annotations

import re
from typing import Any

import pgtrigger
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from points.models import Decision, Entry, Hold
from points.services import people
from points.services.decisions import CAUSE
from twitch.models import Viewer

FORGOTTEN = "(erased)"


def export(viewer: Viewer) -> dict[str, Any]:
    """Return the account with every entry and hold, oldest first, as JSON's types."""
    account = people.account_of(viewer)
    return {
        "balance": account.balance,
        "held": account.held,
        "owed": account.owed,
        "entries": [
            {
                "id": entry.pk,
                "kind": entry.kind,
                "amount": entry.amount,
                "balance_after": entry.balance_after,
                "description": entry.description,
                "cause": {"type": entry.cause_type, "id": entry.cause_id},
                "at": entry.at.isoformat(),
            }
            for entry in people.entries(viewer).reverse()
        ],
        "holds": [
            {
                "id": hold.pk,
                "status": hold.status,
                "amount": hold.amount,
                "description": hold.description,
                "cause": {"type": hold.cause_type, "id": hold.cause_id},
                "opened_at": hold.opened_at.isoformat(),
                "closed_at": hold.closed_at and hold.closed_at.isoformat(),
            }
            for hold in Hold.objects.filter(account=viewer.pk).order_by("opened_at", "id")
        ],
    }


def forget(viewer: Viewer) -> None:
    """Erase what people wrote about the viewer, and keys that hold their id; the sums stay."""
    decided = Decision.objects.filter(viewer=viewer.pk)
    by_hand = [*decided.values_list("pk", flat=True)]
    decided.update(why=FORGOTTEN)
    holds_id = Q(key__regex=rf"(^|:){re.escape(viewer.pk)}(:|$)")
    with pgtrigger.ignore("points.Entry:append_only"):
        entries = Entry.objects.filter(account=viewer.pk)
        entries.filter(cause_type=CAUSE, cause_id__in=by_hand).update(description=FORGOTTEN)
        # The other kinds have keys that are made of numbers of ours.
        plain = entries.filter(kind__in=[Entry.Kind.CREDIT, Entry.Kind.DEBIT])
        _rename(plain.filter(holds_id), "entry")
    _rename(Hold.objects.filter(holds_id, account=viewer.pk), "hold")


def _rename(rows: QuerySet[Any], kind: str) -> None:
    rows.update(key=Concat(Value(f"erased:{kind}:"), Cast(F("pk"), CharField())))
