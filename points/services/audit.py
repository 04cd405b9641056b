"""Proof that the ledger is right: every balance from its entries, every hold accounted for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from redis.exceptions import RedisError

_LAST = "points:proof"

# Each is one statement, so it sees one moment; each row that it finds is wrong.
CHECKS = {
    "The balance of viewer {} is {}, its entries make {}.": """
        SELECT viewer_id, balance, coalesce(made, 0) FROM points_account
        LEFT JOIN (
            SELECT account_id, sum(amount) AS made FROM points_entry GROUP BY account_id
        ) AS entries ON account_id = viewer_id
        WHERE balance <> coalesce(made, 0) ORDER BY viewer_id
    """,
    "The balance of viewer {} is {}, after the last entry it was {}.": """
        SELECT viewer_id, balance, coalesce(balance_after, 0) FROM points_account
        LEFT JOIN (
            SELECT DISTINCT ON (account_id) account_id, balance_after FROM points_entry
            ORDER BY account_id, id DESC
        ) AS latest ON account_id = viewer_id
        WHERE balance <> coalesce(balance_after, 0) ORDER BY viewer_id
    """,
    "Entry {} of viewer {} does not follow from the one before.": """
        SELECT id, account_id FROM (
            SELECT id, account_id, amount, balance_after,
                lag(balance_after, 1, 0::bigint) OVER account AS before
            FROM points_entry WINDOW account AS (PARTITION BY account_id ORDER BY id)
        ) AS entries
        WHERE balance_after <> before + amount ORDER BY id
    """,
    "Of viewer {} are {} set aside, the open holds make {}.": """
        SELECT viewer_id, held, coalesce(open, 0) FROM points_account
        LEFT JOIN (
            SELECT account_id, sum(amount) AS open FROM points_hold
            WHERE status = 'open' GROUP BY account_id
        ) AS holds ON account_id = viewer_id
        WHERE held <> coalesce(open, 0) ORDER BY viewer_id
    """,
    "Viewer {} owes {}, what was advanced and paid off makes {}.": """
        SELECT viewer_id, owed, coalesce(advanced, 0) FROM points_account
        LEFT JOIN (
            SELECT account_id, sum(amount) AS advanced FROM points_entry
            WHERE kind IN ('advance', 'repayment') GROUP BY account_id
        ) AS debts ON account_id = viewer_id
        WHERE owed <> coalesce(advanced, 0) ORDER BY viewer_id
    """,
    "Hold {} is {}, which its entries do not say.": """
        SELECT points_hold.id, status FROM points_hold
        LEFT JOIN points_entry ON hold_id = points_hold.id
        WHERE (status = 'captured') <> (points_entry.id IS NOT NULL)
        OR points_entry.amount <> -points_hold.amount
        OR points_entry.account_id <> points_hold.account_id ORDER BY points_hold.id
    """,
    "Entry {} is not the opposite of entry {}.": """
        SELECT reversal.id, reversed.id FROM points_entry AS reversal
        JOIN points_entry AS reversed ON reversed.id = reversal.reverses_id
        WHERE reversal.amount <> -reversed.amount
        OR reversal.account_id <> reversed.account_id ORDER BY reversal.id
    """,
    "All balances make {}, but {} were issued and {} burned.": """
        SELECT * FROM (SELECT coalesce(sum(balance), 0) AS balances FROM points_account) AS kept,
        (
            SELECT coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS issued,
                coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) AS burned
            FROM points_entry
        ) AS moved
        WHERE balances <> issued - burned
    """,
}

_SUMS = """
SELECT (SELECT count(*) FROM points_account),
    (SELECT coalesce(sum(balance), 0) FROM points_account),
    (SELECT coalesce(sum(held), 0) FROM points_account),
    (SELECT coalesce(sum(owed), 0) FROM points_account),
    count(*), coalesce(sum(amount) FILTER (WHERE amount > 0), 0),
    coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)
FROM points_entry
"""


@dataclass(frozen=True)
class Sums:
    """The whole ledger in numbers, of one moment."""

    accounts: int
    balances: int
    held: int
    owed: int
    entries: int
    issued: int
    burned: int

    def __str__(self) -> str:
        owed = f" {self.owed:,} more are owed." if self.owed else ""
        return (
            f"{self.accounts:,} accounts hold {self.balances:,} points, {self.held:,} of them set"
            f" aside: {self.issued:,} issued − {self.burned:,} burned, in {self.entries:,} entries."
            f"{owed}"
        )


@dataclass(frozen=True)
class Proof:
    """When the ledger was looked through, and how many things were wrong."""

    at: datetime
    wrong: int


def check() -> list[str]:
    """Return a sentence for each thing that is wrong; may be asked while points move."""
    found = []
    with connection.cursor() as cursor:
        for sentence, query in CHECKS.items():
            cursor.execute(query)
            found += [sentence.format(*row) for row in cursor.fetchall()]
    return found


def remember(found: list[str]) -> None:
    """Keep for the studio what a check found; without Redis nobody remembers it."""
    with suppress(RedisError):
        cache.set(_LAST, Proof(timezone.now(), len(found)), None)


def last() -> Proof | None:
    """Return what the last check found; None when there was none, or nobody remembers it."""
    with suppress(RedisError):
        proof: Proof | None = cache.get(_LAST)
        return proof
    return None


def sums() -> Sums:
    with connection.cursor() as cursor:
        cursor.execute(_SUMS)
        return Sums(*(int(number) for number in cursor.fetchone()))
