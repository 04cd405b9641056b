"""Balances as a table: out for keeping, in from another bot or another installation."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TextIO, TypeAlias

from django.db import transaction

from points.models import Account, Decision
from points.services import ledger, people
from points.services.decisions import CAUSE, By, decide
from points.services.ledger import Cause
from twitch.models import Viewer
from twitch.services import viewers
from twitch.services.viewers import LONGEST_ID

COLUMNS = ("viewer_id", "login", "display_name", "balance")
# What other bots call these columns, in lower case.
NAMES = {
    "viewer_id": ("viewer_id", "user_id", "userid", "twitch_id", "id"),
    "login": ("login", "username", "user", "name", "viewer"),
    "display_name": ("display_name", "displayname"),
    "balance": ("balance", "points", "currency", "amount"),
}
# Names in a file are older than whatever Twitch tells us from now on.
LONG_AGO = datetime(2011, 6, 6, tzinfo=UTC)
# Each of our columns by its name in a file; None where the file has none.
Columns: TypeAlias = "dict[str, str | None]"
_LOGIN = re.compile(r"[a-z0-9][a-z0-9_]{0,24}")
# What begins so is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_HEAD = (
    "Line 1: it has to name the columns balance, and viewer_id or login (or both), separated by"
    " commas."
)


class NotImported(Exception):
    """Nothing was imported; `problems` says for each line why."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("Nothing is imported:")
        self.problems = problems


@dataclass(frozen=True)
class Row:
    """One line: whom it names, and how many points it says; `login` is empty for who is known."""

    line: int
    viewer_id: str
    points: int
    login: str = ""
    display_name: str = ""


@dataclass(frozen=True)
class Change:
    """What an import does to one viewer; of `amount`, what they owe is paid off first."""

    viewer_id: str
    name: str
    before: int
    after: int
    amount: int

    def __str__(self) -> str:
        return f"{self.name} ({self.viewer_id}): {self.before:,} → {self.after:,}"


# --- Out ---------------------------------------------------------------------------------------


def write(out: TextIO) -> int:
    """Write every account, but those of who left, as CSV; returns how many."""
    table = csv.writer(out)
    table.writerow(COLUMNS)
    count = 0
    accounts = people.present().select_related("viewer").order_by("viewer_id")
    for account in accounts.iterator():
        who = account.viewer
        table.writerow([who.pk, who.login, _as_text(who.display_name), account.balance])
        count += 1
    return count


def _as_text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


# --- In ----------------------------------------------------------------------------------------


def read(text: Iterable[str]) -> list[Row]:
    """Understand a CSV file with a head line; raises NotImported."""
    table = csv.DictReader(text, strict=True)
    try:
        head = {str(name).strip().lower(): name for name in table.fieldnames or []}
        found = {
            column: next((head[name] for name in names if name in head), None)
            for column, names in NAMES.items()
        }
        if not found["balance"] or not (found["viewer_id"] or found["login"]):
            raise NotImported([_HEAD])
        lines = [(table.line_num, line) for line in table]
    except csv.Error as error:
        raise NotImported([f"Line {table.line_num}: this is no CSV: {error}."]) from error
    return _understood(lines, found)


def _understood(table: list[tuple[int, dict[Any, Any]]], found: Columns) -> list[Row]:
    rows: list[Row] = []
    problems: list[str] = []
    lines: dict[str, int] = {}
    for line, read in table:
        try:
            row = _row(line, _cells(read, found))
        except ValueError as error:
            problems.append(f"Line {line}: {error}")
            continue
        if (first := lines.setdefault(row.viewer_id, line)) != line:
            problems.append(f"Line {line}: the viewer of line {first} again.")
        rows.append(row)
    if problems:
        raise NotImported(problems)
    return rows


def _cells(read: dict[Any, Any], found: Columns) -> dict[str, str]:
    """Return the cells by our names of their columns; raises ValueError."""
    # The reader puts there what has no head.
    if any(read.get(None) or []):
        raise ValueError("it has more cells than the head line.")
    return {
        column: (read[name] or "").replace("\0", "").strip() if name is not None else ""
        for column, name in found.items()
    }


def _row(line: int, cell: dict[str, str]) -> Row:
    points, viewer_id, login = cell["balance"], cell["viewer_id"], cell["login"].removeprefix("@")
    is_number = points.isascii() and points.isdecimal() and len(points) <= 20
    if not (is_number and int(points) <= ledger.MOST):
        raise ValueError(f"the balance must be a whole number from 0 to {ledger.MOST:,}.")
    if not viewer_id:
        known = viewers.named(login) if login else None
        if known is None:
            raise ValueError("nobody of that name was seen here, and Twitch's id is not given.")
        return Row(line, known.pk, int(points))
    if not (viewer_id.isascii() and viewer_id.isdecimal() and len(viewer_id) <= LONGEST_ID):
        raise ValueError("Twitch's id of a viewer is a number.")
    if Viewer.objects.filter(pk=viewer_id).exists():
        return Row(line, viewer_id, int(points))
    if not login:
        raise ValueError("nobody of that id was seen here, and no login is given.")
    if not _LOGIN.fullmatch(login.lower()):
        raise ValueError("a login of Twitch has at most 25 letters a to z, digits and _.")
    name = cell["display_name"].removeprefix("'")
    return Row(line, viewer_id, int(points), login.lower(), name)


@transaction.atomic
def bring_in(rows: list[Row], by: By, *, add: bool = False) -> list[Change]:
    """Set the balances to those of the rows, or `add` them; returns what changed.

    All or, when it raises NotImported, none. The same rows are added only once, ever. The entries
    are one batch, named by the decision, which `decisions.reverse_batch` takes back.
    """
    for row in rows:
        if row.login:
            viewers.remember(row.viewer_id, row.login, row.display_name, LONG_AGO)
    Account.objects.bulk_create(
        [Account(viewer_id=row.viewer_id, balance=0, held=0) for row in rows],
        ignore_conflicts=True,
    )
    accounts = {
        account.pk: account
        for account in Account.objects.select_for_update(of=("self",))
        .select_related("viewer")
        .filter(pk__in=[row.viewer_id for row in rows])
        .order_by("pk")
    }
    changes, problems = _planned(rows, accounts, add=add)
    if problems:
        raise NotImported(problems)
    if changes:
        _apply(changes, by, _fingerprint(rows) if add else "")
    return changes


def _planned(
    rows: list[Row], accounts: dict[str, Account], *, add: bool
) -> tuple[list[Change], list[str]]:
    changes, problems = [], []
    for row in rows:
        account = accounts[row.viewer_id]
        before, owed = account.balance, account.owed
        amount = row.points if add else row.points - before
        if amount > 0 and not add:
            # What is owed is paid off first, and the rest is to make the balance.
            amount += owed
        after = before + amount - max(0, min(owed, amount))
        if after < account.held:
            problems.append(f"Line {row.line}: {account.held:,} of their points are set aside.")
        elif amount:
            changes.append(Change(account.pk, str(account.viewer), before, after, amount))
    return changes, problems


def _apply(changes: list[Change], by: By, fingerprint: str) -> None:
    decision = decide(Decision.Verb.IMPORT, by)
    # What is added has the file's own key: a second time would be a mistake.
    if fingerprint and ledger.entry_of(f"import:{fingerprint}:{changes[0].viewer_id}"):
        raise NotImported(["These very rows were added before."])
    cause = Cause(CAUSE, decision.pk, f"Imported: {by.why}")
    for change in changes:
        move = ledger.credit if change.amount > 0 else ledger.debit
        key = f"import:{fingerprint or decision.pk}:{change.viewer_id}"
        move(change.viewer_id, abs(change.amount), cause, key=key, batch=decision.pk)


def _fingerprint(rows: list[Row]) -> str:
    told = sorted(f"{row.viewer_id} {row.points}" for row in rows)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def lines(changes: list[Change]) -> Iterator[str]:
    """Yield what people read about an import."""
    yield from map(str, changes)
    given = sum(max(change.amount, 0) for change in changes)
    taken = sum(max(-change.amount, 0) for change in changes)
    yield f"{len(changes):,} balances change: {given:,} points are given, {taken:,} taken."
