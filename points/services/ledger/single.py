"""One change at a time, each in one statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import psycopg
from django.db import IntegrityError, connection, transaction
from psycopg.errors import UniqueViolation
from psycopg.types.numeric import Int8

from points.models import Account, Entry, Hold
from points.models.ledger import new_hold_id
from points.services.ledger.telling import Balance, tell
from points.services.ledger.terms import Cause, HoldClosed, NotEnough, check, check_same

# --- The statements ----------------------------------------------------------------------------

# A key that is taken meanwhile fails the whole statement, as its index is unique. Each returns
# first what the account has now. Who owes has nothing to spend: so whatever of the new points
# cannot be spent afterwards has paid off what was owed.
_CREDIT = """
WITH moved AS (
    INSERT INTO points_account (viewer_id, balance, seq)
    SELECT %(viewer_id)s, %(amount)s, 1
    WHERE NOT EXISTS (SELECT FROM points_entry WHERE key = %(key)s)
    ON CONFLICT (viewer_id) DO UPDATE SET
        balance = points_account.balance + greatest(0, EXCLUDED.balance - points_account.owed),
        owed = greatest(0, points_account.owed - EXCLUDED.balance),
        seq = points_account.seq + 1
    RETURNING viewer_id, balance, held, seq,
        greatest(0, %(amount)s - (balance - held)) AS repaid
), entry AS (
    INSERT INTO points_entry (account_id, amount, balance_after, kind, cause_type, cause_id,
        description, key, batch, at)
    SELECT viewer_id, %(amount)s, balance + repaid, 'credit', %(cause_type)s, %(cause_id)s,
        %(description)s, %(key)s, %(batch)s, clock_timestamp()
    FROM moved
    RETURNING id, balance_after, at
), repayment AS (
    INSERT INTO points_entry (account_id, amount, balance_after, kind, cause_type, cause_id,
        description, key, at)
    SELECT viewer_id, -repaid, balance, 'repayment', %(cause_type)s, %(cause_id)s,
        'Paid off what was owed', 'repayment:' || id, clock_timestamp()
    FROM moved, entry WHERE repaid > 0
)
SELECT balance, held, seq, id, balance_after, at FROM moved, entry
"""

DEBIT = """
WITH moved AS (
    UPDATE points_account SET balance = balance - %(amount)s, seq = seq + 1
    WHERE viewer_id = %(viewer_id)s AND balance - held >= %(amount)s
    AND NOT EXISTS (SELECT FROM points_entry WHERE key = %(key)s)
    RETURNING viewer_id, balance, held, seq
), entry AS (
    INSERT INTO points_entry (account_id, amount, balance_after, kind, cause_type, cause_id,
        description, key, batch, at)
    SELECT viewer_id, -%(amount)s, balance, 'debit', %(cause_type)s, %(cause_id)s,
        %(description)s, %(key)s, %(batch)s, clock_timestamp()
    FROM moved
    RETURNING id, balance_after, at
)
SELECT balance, held, seq, id, balance_after, at FROM moved, entry
"""

_HOLD = """
WITH moved AS (
    UPDATE points_account SET held = held + %(amount)s, seq = seq + 1
    WHERE viewer_id = %(viewer_id)s AND balance - held >= %(amount)s
    AND NOT EXISTS (SELECT FROM points_hold WHERE key = %(key)s)
    RETURNING viewer_id, balance, held, seq
), opened AS (
    INSERT INTO points_hold (id, account_id, amount, cause_type, cause_id, description, key, batch,
        opened_at)
    SELECT %(id)s, viewer_id, %(amount)s, %(cause_type)s, %(cause_id)s, %(description)s, %(key)s,
        %(batch)s, clock_timestamp()
    FROM moved
)
SELECT balance, held, seq FROM moved
"""

_CAPTURE = """
WITH closed AS (
    UPDATE points_hold SET status = 'captured', closed_at = clock_timestamp()
    WHERE id = %(id)s AND status = 'open'
    RETURNING *
), moved AS (
    UPDATE points_account
    SET balance = balance - closed.amount, held = held - closed.amount, seq = seq + 1
    FROM closed WHERE viewer_id = closed.account_id
    RETURNING balance, held, seq
), entry AS (
    INSERT INTO points_entry (account_id, amount, balance_after, kind, cause_type, cause_id,
        description, key, batch, hold_id, at)
    SELECT account_id, -amount, balance, 'capture', cause_type, cause_id,
        description, 'capture:' || id, batch, id, clock_timestamp()
    FROM closed, moved
)
SELECT balance, held, seq, account_id FROM moved, closed
"""

_RELEASE = """
WITH closed AS (
    UPDATE points_hold SET status = 'released', closed_at = clock_timestamp()
    WHERE id = %(id)s AND status = 'open'
    RETURNING *
), moved AS (
    UPDATE points_account
    SET balance = balance - least(owed, closed.amount), owed = greatest(0, owed - closed.amount),
        held = held - closed.amount, seq = seq + 1
    FROM closed WHERE viewer_id = closed.account_id
    RETURNING balance, held, seq,
        greatest(0, closed.amount - (balance - held)) AS repaid
), repayment AS (
    INSERT INTO points_entry (account_id, amount, balance_after, kind, cause_type, cause_id,
        description, key, at)
    SELECT account_id, -repaid, balance, 'repayment', cause_type, cause_id,
        'Paid off what was owed', 'repayment:' || id, clock_timestamp()
    FROM closed, moved WHERE repaid > 0
)
SELECT balance, held, seq, account_id FROM moved, closed
"""


# --- The verbs ---------------------------------------------------------------------------------


def credit(viewer_id: str, amount: int, cause: Cause, *, key: str, batch: str = "") -> Entry:
    """Give points, and an account if there is none; raises KeyReused."""
    values = _values(viewer_id, amount, cause, key, batch)
    row = _changed(_CREDIT, values)
    return _entry(row, values, Entry.Kind.CREDIT) if row else _known(values, amount, cause)


def debit(viewer_id: str, amount: int, cause: Cause, *, key: str, batch: str = "") -> Entry:
    """Take points; raises NotEnough or KeyReused."""
    values = _values(viewer_id, amount, cause, key, batch)
    row = _changed(DEBIT, values)
    return _entry(row, values, Entry.Kind.DEBIT) if row else _known(values, -amount, cause)


def hold(viewer_id: str, amount: int, cause: Cause, *, key: str, batch: str = "") -> Hold:
    """Set points aside: they are the viewer's, but not to spend; raises NotEnough or KeyReused."""
    values = _values(viewer_id, amount, cause, key, batch)
    if _changed(_HOLD, values | {"id": new_hold_id()}) is None:
        known = Hold.objects.filter(key=key).first()
        if known is None:
            raise NotEnough(_available(viewer_id), amount)
        check_same(known, viewer_id, amount, cause)
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


def entry_of(key: str) -> Entry | None:
    """Return the entry that was made with that key."""
    return Entry.objects.filter(key=key).first()


# --- What the verbs share ------------------------------------------------------------------------


def _values(viewer_id: str, amount: int, cause: Cause, key: str, batch: str) -> dict[str, Any]:
    check(amount, cause, key)
    return {
        "viewer_id": viewer_id,
        # One type for every amount, or each size would be prepared by itself.
        "amount": Int8(amount),
        "cause_type": cause.type,
        "cause_id": cause.id,
        "description": cause.words,
        "key": key,
        "batch": batch,
    }


def _changed(statement: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """Return what the statement returns, None when it changed nothing; tell who looks."""
    # By itself the statement is a transaction, and locks the account no longer than it takes.
    safely: AbstractContextManager[Any] = (
        transaction.atomic() if connection.in_atomic_block else nullcontext()
    )
    try:
        with safely, _cursor() as cursor:
            cursor.execute(statement, values, prepare=True)
            row = cursor.fetchone()
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            return None
        raise
    if row is not None:
        tell(Balance(values.get("viewer_id") or row[3], *row[:3]))
    return row


@contextmanager
def _cursor() -> Iterator[psycopg.Cursor[tuple[Any, ...]]]:
    """Open a cursor of Django's connection that prepares statements, as Django's own do not.

    It halves what a statement costs PostgreSQL, which plans it once for each connection.
    """
    with connection.cursor() as checked:
        connection.validate_no_broken_transaction()
        with connection.wrap_database_errors, psycopg.Cursor(checked.connection) as cursor:
            yield cursor


def _entry(row: tuple[Any, ...], values: dict[str, Any], kind: Entry.Kind) -> Entry:
    amount = values["amount"] if kind == Entry.Kind.CREDIT else -values["amount"]
    _, _, _, entry_id, balance_after, at = row
    entry = Entry(
        id=entry_id,
        account_id=values["viewer_id"],
        amount=int(amount),
        balance_after=balance_after,
        kind=kind,
        cause_type=values["cause_type"],
        cause_id=values["cause_id"],
        description=values["description"],
        key=values["key"],
        batch=values["batch"],
        at=at,
    )
    entry._state.adding = False
    return entry


def _known(values: dict[str, Any], amount: int, cause: Cause) -> Entry:
    known = entry_of(values["key"])
    if known is None:
        raise NotEnough(_available(values["viewer_id"]), -amount)
    check_same(known, values["viewer_id"], amount, cause)
    return known


def _ended(hold_id: str, as_wished: Hold.Status) -> Hold:
    found = Hold.objects.get(pk=hold_id)
    if found.status != as_wished:
        raise HoldClosed(f"The hold is {found.status} already.")
    return found


def _available(viewer_id: str) -> int:
    account = Account.objects.filter(pk=viewer_id).first()
    return account.available if account else 0
