"""What people do to the ledger, each with their name and their reason."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from points.models import Decision, Entry
from points.services import ledger
from points.services.ledger import Cause
from twitch.models import Viewer

CAUSE = "points.decision"


@dataclass(frozen=True)
class By:
    """Who decides, and why."""

    name: str
    why: str
    user: User | None = None


@transaction.atomic
def grant(viewer: Viewer, amount: int, by: By) -> Entry:
    """Give points or, with a negative amount, take them; raises NotEnough."""
    decision = decide(Decision.Verb.GRANT, by, viewer=viewer, amount=amount)
    move = ledger.credit if amount > 0 else ledger.debit
    cause = Cause(CAUSE, decision.pk, f"By hand: {by.why}")
    return move(viewer.pk, abs(amount), cause, key=decision.pk)


@transaction.atomic
def reverse(entry: Entry, by: By, *, owing: bool = False) -> Entry:
    """Reverse one entry; raises as `ledger.reverse`."""
    cause = _reversal(by, entry.account.viewer)
    return ledger.reverse(entry.pk, cause, owing=owing)


@transaction.atomic
def reverse_batch(batch: str, by: By, *, owing: bool = False) -> list[Entry]:
    """Reverse every entry of a batch or none; raises as `ledger.reverse_batch`."""
    return ledger.reverse_batch(batch, _reversal(by), owing=owing)


def decide(
    verb: Decision.Verb, by: By, *, viewer: Viewer | None = None, amount: int | None = None
) -> Decision:
    """Write down who decides what."""
    return Decision.objects.create(
        verb=verb, viewer=viewer, amount=amount, why=by.why, actor=by.user, actor_name=by.name
    )


def _reversal(by: By, viewer: Viewer | None = None) -> Cause:
    decision = decide(Decision.Verb.REVERSE, by, viewer=viewer)
    return Cause(CAUSE, decision.pk, f"Reversed: {by.why}")
