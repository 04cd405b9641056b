"""Many changes as one: the accounts are locked in one order, and all is written in few statements.

Reversals go this way, too, as what is owed depends on what is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from psycopg.errors import UniqueViolation

from points.models import Account, Entry
from points.services.ledger.telling import Balance, tell
from points.services.ledger.terms import (
    Cause,
    Credit,
    KeyReused,
    NotEnough,
    NotReversible,
    check_same,
)

_AT_ONCE = 2000
_ABOUT_DEBTS = (Entry.Kind.ADVANCE, Entry.Kind.REPAYMENT)

_BALANCES = """
UPDATE points_account SET balance = new.balance, owed = new.owed, seq = new.seq
FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[]) AS new (id, balance, owed, seq)
WHERE viewer_id = new.id
"""


@dataclass(frozen=True)
class Move:
    """One entry that is to be; with `may_owe` it takes also what is not there."""

    viewer_id: str
    amount: int
    cause: Cause
    key: str
    reverses: Entry | None = None
    may_owe: bool = False


@transaction.atomic
def credit_many(credits: Iterable[Credit], *, batch: str = "") -> list[Entry]:
    """Give points to many, all or none; returns their entries in that order; raises KeyReused."""
    moves = [Move(each.viewer_id, each.amount, each.cause, each.key) for each in credits]
    Account.objects.bulk_create(
        [Account(viewer_id=each) for each in sorted({move.viewer_id for move in moves})],
        ignore_conflicts=True,
    )
    return _post(moves, batch)


def reverse(entry_id: int, cause: Cause, *, batch: str = "", owing: bool = False) -> Entry:
    """Make the opposite entry, once however often it is asked for; that can be reversed as well.

    When what was given is spent already it raises NotEnough or, with `owing`, notes as owed what is
    missing. Raises NotReversible for what only says what is owed, Entry.DoesNotExist.
    """
    entry = Entry.objects.get(pk=entry_id)
    if entry.kind in _ABOUT_DEBTS:
        raise NotReversible
    return _post([_opposite(entry, cause, owing)], batch)[0]


def reverse_batch(batch: str, cause: Cause, *, owing: bool = False) -> list[Entry]:
    """Reverse every entry of a batch or, when it raises NotEnough, none; `owing` as for `reverse`.

    The opposite entries are the batch `reverse:<batch>`, which can be reversed as well.
    """
    if not batch:
        raise ValueError("What has no batch is reversed one by one.")
    # What came last goes first.
    entries = Entry.objects.filter(batch=batch).order_by("account_id", "-id")
    return _post([_opposite(entry, cause, owing) for entry in entries], f"reverse:{batch}")


def _opposite(entry: Entry, cause: Cause, owing: bool) -> Move:
    key = f"reverse:{entry.pk}"
    return Move(entry.account_id, -entry.amount, cause, key, reverses=entry, may_owe=owing)


@transaction.atomic
def _post(moves: list[Move], batch: str) -> list[Entry]:
    """Make the entries that are not there yet; return all of them in the order of the moves."""
    accounts = {
        account.pk: account
        for account in Account.objects.select_for_update(no_key=True)
        .filter(pk__in={move.viewer_id for move in moves})
        .order_by("pk")
    }
    found = _made_before(moves)
    entries: list[Entry] = []
    for move in moves:
        if move.key not in found:
            written = _write(accounts[move.viewer_id], move, batch)
            found[move.key] = next(entry for entry in written if entry.key == move.key)
            entries += written
    if entries:
        _store(entries, [accounts[pk] for pk in sorted({entry.account_id for entry in entries})])
    return [found[move.key] for move in moves]


def _made_before(moves: list[Move]) -> dict[str, Entry]:
    asked = {move.key: move for move in moves}
    if len(asked) < len(moves):
        raise KeyReused("One key stands for two changes.")
    found = {entry.key: entry for entry in Entry.objects.filter(key__in=asked)}
    for key, entry in found.items():
        move = asked[key]
        # Whoever reverses an entry first, for whatever cause, has reversed it.
        if move.reverses is None or entry.reverses_id != move.reverses.pk:
            check_same(entry, move.viewer_id, move.amount, move.cause)
    return found


def _write(account: Account, move: Move, batch: str) -> list[Entry]:
    """Change the account, which is locked, and return the entries that say so, in their order."""
    missing = max(0, -move.amount - account.available)
    if missing and not move.may_owe:
        raise NotEnough(account.available, -move.amount)
    repaid = max(0, min(account.owed, move.amount))
    plain = Entry.Kind.CREDIT if move.amount > 0 else Entry.Kind.DEBIT
    entry = Entry(
        amount=move.amount,
        kind=Entry.Kind.REVERSAL if move.reverses else plain,
        description=move.cause.words,
        key=move.key,
        batch=batch,
        reverses=move.reverses,
    )
    advance = Entry(
        amount=missing,
        kind=Entry.Kind.ADVANCE,
        description="Was spent already: owed from here on",
        key=f"advance:{move.key}",
    )
    repayment = Entry(
        amount=-repaid,
        kind=Entry.Kind.REPAYMENT,
        description="Paid off what was owed",
        key=f"repayment:{move.key}",
    )
    entries = [each for each in (advance, entry, repayment) if each.amount]
    for each in entries:
        account.balance += each.amount
        each.account_id = account.pk
        each.balance_after = account.balance
        each.cause_type, each.cause_id = move.cause.type, move.cause.id
    account.owed += missing - repaid
    return entries


def _store(entries: list[Entry], accounts: list[Account]) -> None:
    for account in accounts:
        account.seq += 1
    columns = ([a.pk for a in accounts], [a.balance for a in accounts])
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, [*columns, [a.owed for a in accounts], [a.seq for a in accounts]])
    try:
        Entry.objects.bulk_create(entries, batch_size=_AT_ONCE)
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise KeyReused("This key is being used for something else.") from error
        raise
    tell(*(Balance(a.pk, a.balance, a.held, a.seq) for a in accounts))
