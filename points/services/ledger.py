"""The ledger's verbs: credit, debit, hold, capture, release, reverse; each one statement.

A verb may be repeated with its key: the first time counts. It joins the caller's transaction, or is
one by itself. Amounts are whole points from 1 to MOST; wrong ones raise ValueError.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from psycopg.errors import UniqueViolation

from points.models import Account, Entry, Hold
from points.models.ledger import new_hold_id
from sagas.flow import Refused

MOST = 10**12
LONGEST_DESCRIPTION = 200


class NotEnough(Refused):
    """The viewer has fewer points to spend than that takes."""

    def __init__(self, balance: int, amount: int) -> None:
        super().__init__(
            "not_enough_points", f"That takes {amount:,} points, and {balance:,} are there."
        )
        self.balance = balance
        self.amount = amount


class KeyReused(Exception):
    """The key belongs to something else: other points, another viewer, or another cause."""

    code = "key_reused"


class HoldClosed(Exception):
    """The hold was ended in the other way: what is captured is not released, and vice versa."""

    code = "hold_closed"


@dataclass(frozen=True)
class Cause:
    """What changed a balance: the kind and id of a thing, and a few words for the viewer."""

    type: str
    id: str
    description: str = ""


# --- The statements ----------------------------------------------------------------------------

# A key that is taken meanwhile fails the whole statement, as its index is unique.
_CREDIT = """
WITH moved AS (
    INSERT INTO points_account (viewer_id, balance)
    SELECT %(viewer_id)s, %(amount)s
    WHERE NOT EXISTS (SELECT FROM points_entry WHERE key = %(key)s)
    ON CONFLICT (viewer_id) DO UPDATE SET balance = points_account.balance + EXCLUDED.balance
    RETURNING viewer_id, balance
)
INSERT INTO points_entry (account_id, amount, balance_after, kind, cause_type, cause_id,
    description, key, batch, reverses_id, at)
SELECT viewer_id, %(amount)s, balance, %(kind)s, %(cause_type)s, %(cause_id)s,
    %(description)s, %(key)s, %(batch)s, %(reverses_id)s::bigint, clock_timestamp()
FROM moved
RETURNING id, balance_after, at
"""

_DEBIT = """
WITH moved AS (
    UPDATE points_account SET balance = balance + %(amount)s
    WHERE viewer_id = %(viewer_id)s AND balance - held + %(amount)s >= 0
    AND NOT EXISTS (SELECT FROM points_entry WHERE key = %(key)s)
    RETURNING viewer_id, balance
)
INSERT INTO points_entry (account_id, amount, balance_after, kind, cause_type, cause_id,
    description, key, batch, reverses_id, at)
SELECT viewer_id, %(amount)s, balance, %(kind)s, %(cause_type)s, %(cause_id)s,
    %(description)s, %(key)s, %(batch)s, %(reverses_id)s::bigint, clock_timestamp()
FROM moved
RETURNING id, balance_after, at
"""

_HOLD = """
WITH moved AS (
    UPDATE points_account SET held = held + %(amount)s
    WHERE viewer_id = %(viewer_id)s AND balance - held >= %(amount)s
    AND NOT EXISTS (SELECT FROM points_hold WHERE key = %(key)s)
    RETURNING viewer_id
)
INSERT INTO points_hold (id, account_id, amount, cause_type, cause_id, description, key, batch,
    opened_at)
SELECT %(id)s, viewer_id, %(amount)s, %(cause_type)s, %(cause_id)s, %(description)s, %(key)s,
    %(batch)s, clock_timestamp()
FROM moved
RETURNING id
"""

_CAPTURE = """
WITH closed AS (
    UPDATE points_hold SET status = 'captured', closed_at = clock_timestamp()
    WHERE id = %(id)s AND status = 'open'
    RETURNING *
), moved AS (
    UPDATE points_account SET balance = balance - closed.amount, held = held - closed.amount
    FROM closed WHERE viewer_id = closed.account_id
    RETURNING balance
)
INSERT INTO points_entry (account_id, amount, balance_after, kind, cause_type, cause_id,
    description, key, batch, hold_id, at)
SELECT account_id, -amount, balance, 'capture', cause_type, cause_id,
    description, 'capture:' || id, batch, id, clock_timestamp()
FROM closed, moved
RETURNING id
"""

_RELEASE = """
WITH closed AS (
    UPDATE points_hold SET status = 'released', closed_at = clock_timestamp()
    WHERE id = %(id)s AND status = 'open'
    RETURNING id, account_id, amount
)
UPDATE points_account SET held = held - amount
FROM closed WHERE viewer_id = account_id
RETURNING closed.id
"""


# --- The verbs ---------------------------------------------------------------------------------


def credit(viewer_id: str, amount: int, cause: Cause, *, key: str, batch: str = "") -> Entry:
    """Give points, and an account if there is none; raises KeyReused."""
    return _move(viewer_id, _checked(amount), cause, key, batch=batch)


def debit(viewer_id: str, amount: int, cause: Cause, *, key: str, batch: str = "") -> Entry:
    """Take points; raises NotEnough or KeyReused."""
    return _move(viewer_id, -_checked(amount), cause, key, batch=batch)


def hold(viewer_id: str, amount: int, cause: Cause, *, key: str, batch: str = "") -> Hold:
    """Set points aside: they are the viewer's, but not to spend; raises NotEnough or KeyReused."""
    values = _values(viewer_id, _checked(amount), cause, key, batch)
    if _changed(_HOLD, values | {"id": new_hold_id()}) is None:
        known = Hold.objects.filter(key=key).first()
        if known is None:
            raise NotEnough(_available(viewer_id), amount)
        _same(known, values)
        return known
    return Hold.objects.get(key=key)


def capture(hold_id: str) -> Entry:
    """Spend what was set aside; raises HoldClosed when it was released, Hold.DoesNotExist."""
    if _changed(_CAPTURE, {"id": hold_id}) is None:
        _ended(hold_id, Hold.Status.CAPTURED)
    return Entry.objects.get(hold=hold_id)


def release(hold_id: str) -> Hold:
    """Let the viewer spend it again; raises HoldClosed when it was captured, Hold.DoesNotExist."""
    if _changed(_RELEASE, {"id": hold_id}) is None:
        return _ended(hold_id, Hold.Status.RELEASED)
    return Hold.objects.get(pk=hold_id)


def reverse(entry_id: int, cause: Cause, *, batch: str = "") -> Entry:
    """Make the opposite entry, once however often it is asked for; that can be reversed as well.

    Raises NotEnough when what was given is spent already, Entry.DoesNotExist.
    """
    entry = Entry.objects.get(pk=entry_id)
    known = Entry.objects.filter(reverses=entry).first()
    if known is not None:
        return known
    try:
        return _move(
            entry.account_id,
            -entry.amount,
            cause,
            f"reverse:{entry.pk}",
            batch=batch,
            reverses=entry,
        )
    except KeyReused:
        # Somebody else reverses it at this moment, for a cause of their own.
        return Entry.objects.get(reverses=entry)


@transaction.atomic
def reverse_batch(batch: str, cause: Cause) -> list[Entry]:
    """Reverse every entry of a batch or, when it raises NotEnough, none.

    The opposite entries are the batch `reverse:<batch>`, which can be reversed as well.
    """
    if not batch:
        raise ValueError("What has no batch is reversed one by one.")
    # Accounts in one order, as two batches could wait for each other; what came last goes first.
    rows = Entry.objects.filter(batch=batch).order_by("account_id", "-id")
    return [reverse(row.pk, cause, batch=f"reverse:{batch}") for row in rows]


def entry_of(key: str) -> Entry | None:
    """Return the entry that was made with that key."""
    return Entry.objects.filter(key=key).first()


# --- What the verbs share ------------------------------------------------------------------------


def _move(
    viewer_id: str,
    amount: int,
    cause: Cause,
    key: str,
    *,
    batch: str = "",
    reverses: Entry | None = None,
) -> Entry:
    plain = Entry.Kind.CREDIT if amount > 0 else Entry.Kind.DEBIT
    values = _values(viewer_id, amount, cause, key, batch) | {
        "kind": Entry.Kind.REVERSAL if reverses else plain,
        "reverses_id": reverses and reverses.pk,
    }
    row = _changed(_CREDIT if amount > 0 else _DEBIT, values)
    if row is None:
        known = entry_of(key)
        if known is None:
            raise NotEnough(_available(viewer_id), -amount)
        _same(known, values)
        return known
    entry = Entry(id=row[0], balance_after=row[1], at=row[2])
    for name, value in values.items():
        setattr(entry, "account_id" if name == "viewer_id" else name, value)
    entry._state.adding = False
    return entry


def _values(viewer_id: str, amount: int, cause: Cause, key: str, batch: str) -> dict[str, Any]:
    if not (key and cause.type and cause.id):
        raise ValueError("Points move with a key and a cause.")
    return {
        "viewer_id": viewer_id,
        "amount": amount,
        "cause_type": cause.type,
        "cause_id": cause.id,
        "description": cause.description.replace("\0", "")[:LONGEST_DESCRIPTION],
        "key": key,
        "batch": batch,
    }


def _changed(statement: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """Return what the statement returns, None when it changed nothing."""
    # By itself the statement is a transaction, and locks the account no longer than it takes.
    safely: AbstractContextManager[Any] = (
        transaction.atomic() if connection.in_atomic_block else nullcontext()
    )
    try:
        with safely, connection.cursor() as cursor:
            cursor.execute(statement, values)
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            return None
        raise


def _same(known: Entry | Hold, values: dict[str, Any]) -> None:
    asked = tuple(values[name] for name in ("viewer_id", "amount", "cause_type", "cause_id"))
    if asked != (known.account_id, known.amount, known.cause_type, known.cause_id):
        raise KeyReused("This key was used for something else.")


def _ended(hold_id: str, as_wished: Hold.Status) -> Hold:
    found = Hold.objects.get(pk=hold_id)
    if found.status != as_wished:
        raise HoldClosed(f"The hold is {found.status} already.")
    return found


def _available(viewer_id: str) -> int:
    account = Account.objects.filter(pk=viewer_id).first()
    return account.available if account else 0


def _checked(amount: int) -> int:
    if not 1 <= amount <= MOST:
        raise ValueError(f"Points move from 1 to {MOST:,} at a time, not {amount:,}.")
    return amount
