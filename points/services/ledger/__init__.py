"""The ledger's verbs: credit, debit, hold, capture, release, reverse.

A verb may be repeated with its key: the first time counts. It joins the caller's transaction, or is
one by itself. Amounts are whole points from 1 to MOST; wrong ones raise ValueError. Whoever looks
at their balance is told of its change after the commit.

Points that are taken back with `owing=True` although they are spent are *advanced*: the entry is
reversed as always, and what was missing is owed until the next points pay it off. So no balance is
ever below zero, and who owes has nothing to spend.
"""

from points.services.ledger.many import credit_many, reverse, reverse_batch
from points.services.ledger.single import capture, credit, debit, entry_of, hold, release
from points.services.ledger.terms import (
    LONGEST_DESCRIPTION,
    MOST,
    Cause,
    Credit,
    HoldClosed,
    KeyReused,
    NotEnough,
    NotReversible,
)

__all__ = [
    "LONGEST_DESCRIPTION",
    "MOST",
    "Cause",
    "Credit",
    "HoldClosed",
    "KeyReused",
    "NotEnough",
    "NotReversible",
    "capture",
    "credit",
    "credit_many",
    "debit",
    "entry_of",
    "hold",
    "release",
    "reverse",
    "reverse_batch",
]
