"""What the ledger's verbs take, and what they raise."""

from __future__ import annotations

from dataclasses import dataclass

from points.models import Entry, Hold
from sagas.flow import Refused

MOST = 10**12
LONGEST_DESCRIPTION = 200
# What an entry leads to has a key that is made of its own.
LONGEST_KEY = 200


class NotEnough(Refused):
    """The viewer has fewer points to spend than that takes."""

    def __init__(self, balance: int, amount: int) -> None:
        super().__init__(
            "not_enough_points", f"That takes {amount:,} points, and {balance:,} are there."
        )
        self.balance = balance
        self.amount = amount


class NotReversible(Refused):
    """The entry only says what is owed, or paid off; what it belongs to can be reversed."""

    def __init__(self) -> None:
        super().__init__(
            "not_reversible",
            "What is owed, or paid off, follows from other entries: reverse those.",
        )


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

    @property
    def words(self) -> str:
        """The description as it is stored."""
        return self.description.replace("\0", "")[:LONGEST_DESCRIPTION]


@dataclass(frozen=True)
class Credit:
    """Points for one of many viewers, as `credit` takes them; raises ValueError."""

    viewer_id: str
    amount: int
    cause: Cause
    key: str

    def __post_init__(self) -> None:
        check(self.amount, self.cause, self.key)


def check(amount: int, cause: Cause, key: str) -> None:
    """Raise ValueError for what no verb takes."""
    if not 1 <= amount <= MOST:
        raise ValueError(f"Points move from 1 to {MOST:,} at a time, not {amount:,}.")
    if not (key and cause.type and cause.id):
        raise ValueError("Points move with a key and a cause.")
    if len(key) > LONGEST_KEY:
        raise ValueError(f"A key has at most {LONGEST_KEY} characters.")


def check_same(known: Entry | Hold, viewer_id: str, amount: int, cause: Cause) -> None:
    """Raise KeyReused unless what has the key is what is asked for now; the words may differ."""
    asked = (viewer_id, amount, cause.type, cause.id)
    if asked != (known.account_id, known.amount, known.cause_type, known.cause_id):
        raise KeyReused("This key was used for something else.")
