"""Many who move points at once, at random: whatever comes of it, the ledger is right."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from random import Random
from typing import Any

import pytest
from django.db import transaction

from points.models import Account, Entry, Hold
from points.services import audit, ledger
from points.services.ledger import Credit, HoldClosed, KeyReused, NotEnough, NotReversible
from tests.backstage import at_once
from tests.points.conftest import CAUSE
from twitch.models import Viewer

VIEWERS = ("1", "2", "3")
PEOPLE, MOVES = 8, 60
REFUSALS = (NotEnough, KeyReused, HoldClosed, NotReversible)


class Mover:
    """Somebody who does things to the ledger at random, and remembers what came of them."""

    def __init__(self, seed: str) -> None:
        self.chance = Random(seed)
        self.made: list[Entry] = []

    def move(self) -> None:
        """Do one thing in a transaction of its own, which is called off now and then."""
        verbs: list[Callable[[], list[Entry]]] = [
            *[self.credit, self.debit, self.hold, self.close] * 3,
            *[self.credit_many, self.reverse, self.reverse_batch],
        ]
        verb = self.chance.choice(verbs)
        is_called_off = self.chance.random() < 0.1
        try:
            with transaction.atomic():
                made = verb()
                transaction.set_rollback(is_called_off)
        except REFUSALS:
            return
        if not is_called_off:
            self.made += made

    def anything(self) -> dict[str, Any]:
        """Return what a verb for one viewer takes; now and then somebody else's key."""
        who = self.chance.choice(VIEWERS)
        key = f"{who}:{self.chance.randrange(200)}"
        return {"viewer_id": who, "amount": self.chance.randint(1, 9), "cause": CAUSE, "key": key}

    def batch(self) -> str:
        return f"batch {self.chance.randrange(5)}"

    def credit(self) -> list[Entry]:
        return [ledger.credit(**self.anything(), batch=self.batch())]

    def debit(self) -> list[Entry]:
        return [ledger.debit(**self.anything(), batch=self.batch())]

    def hold(self) -> list[Entry]:
        ledger.hold(**self.anything())
        return []

    def close(self) -> list[Entry]:
        hold = Hold.objects.order_by("?").first()
        if hold and self.chance.random() < 0.5:
            return [ledger.capture(hold.pk)]
        if hold:
            ledger.release(hold.pk)
        return []

    def credit_many(self) -> list[Entry]:
        return ledger.credit_many([Credit(**self.anything()) for _ in range(3)])

    def reverse(self) -> list[Entry]:
        entry = Entry.objects.order_by("?").first()
        owing = self.chance.random() < 0.5
        return [ledger.reverse(entry.pk, CAUSE, owing=owing)] if entry else []

    def reverse_batch(self) -> list[Entry]:
        return ledger.reverse_batch(self.batch(), CAUSE, owing=self.chance.random() < 0.5)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(3))
def test_whatever_many_do_at_once_the_ledger_is_right(seed: int) -> None:
    Viewer.objects.bulk_create(Viewer(id=pk, login=pk, display_name=pk) for pk in VIEWERS)
    numbers = count()

    def moves() -> Mover:
        mover = Mover(f"{seed}:{next(numbers)}")
        for _ in range(MOVES):
            mover.move()
        return mover

    movers = at_once(PEOPLE, moves)
    assert {type(mover) for mover in movers} == {Mover}, movers
    assert audit.check() == []
    told = {entry.pk: entry for mover in movers if isinstance(mover, Mover) for entry in mover.made}
    kept = Entry.objects.in_bulk(told)
    assert {pk: entry.balance_after for pk, entry in kept.items()} == {
        pk: entry.balance_after for pk, entry in told.items()
    }
    assert Account.objects.count() == len(VIEWERS)
