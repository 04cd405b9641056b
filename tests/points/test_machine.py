"""Any order of the ledger's verbs, against a model that is simple enough to be right."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from points.models import Account
from points.services import audit, ledger
from points.services.ledger import HoldClosed, NotEnough
from tests.points.conftest import CAUSE
from twitch.models import Viewer

VIEWERS = ("1", "2", "3")
viewer = st.sampled_from(VIEWERS)
amount = st.integers(1, 60)


class Ledger(RuleBasedStateMachine):
    """Balances and holds as two dictionaries, beside the real ones."""

    entries = Bundle("entries")
    holds = Bundle("holds")
    closed = Bundle("closed")

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.atomic()
        self.point.__enter__()
        Viewer.objects.bulk_create(Viewer(id=pk, login=pk, display_name=pk) for pk in VIEWERS)
        self.balance = dict.fromkeys(VIEWERS, 0)
        self.held = dict.fromkeys(VIEWERS, 0)
        self.reversed: set[int] = set()
        self.keys = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)

    def key(self) -> str:
        self.keys += 1
        return f"key {self.keys}"

    def can_spend(self, who: str, points: int) -> bool:
        return self.balance[who] - self.held[who] >= points

    @rule(target=entries, who=viewer, points=amount, repeats=st.booleans())
    def credit(self, who: str, points: int, repeats: bool) -> Any:
        key = self.key()
        entry = ledger.credit(who, points, CAUSE, key=key)
        if repeats:
            assert ledger.credit(who, points, CAUSE, key=key).pk == entry.pk
        self.balance[who] += points
        return entry

    @rule(target=entries, who=viewer, points=amount)
    def debit(self, who: str, points: int) -> Any:
        if not self.can_spend(who, points):
            with pytest.raises(NotEnough):
                ledger.debit(who, points, CAUSE, key=self.key())
            return multiple()
        self.balance[who] -= points
        return ledger.debit(who, points, CAUSE, key=self.key())

    @rule(target=holds, who=viewer, points=amount)
    def hold(self, who: str, points: int) -> Any:
        if not self.can_spend(who, points):
            with pytest.raises(NotEnough):
                ledger.hold(who, points, CAUSE, key=self.key())
            return multiple()
        self.held[who] += points
        return ledger.hold(who, points, CAUSE, key=self.key())

    @rule(target=entries, hold=consumes(holds))
    def capture(self, hold: Any) -> Any:
        self.held[hold.account_id] -= hold.amount
        self.balance[hold.account_id] -= hold.amount
        entry = ledger.capture(hold.pk)
        with pytest.raises(HoldClosed):
            ledger.release(hold.pk)
        return entry

    @rule(hold=consumes(holds))
    def release(self, hold: Any) -> None:
        self.held[hold.account_id] -= hold.amount
        ledger.release(hold.pk)
        with pytest.raises(HoldClosed):
            ledger.capture(hold.pk)

    @rule(target=entries, entry=entries)
    def reverse(self, entry: Any) -> Any:
        if entry.pk in self.reversed:
            assert ledger.reverse(entry.pk, CAUSE).reverses_id == entry.pk
            return multiple()
        if entry.amount > 0 and not self.can_spend(entry.account_id, entry.amount):
            with pytest.raises(NotEnough):
                ledger.reverse(entry.pk, CAUSE)
            return multiple()
        self.balance[entry.account_id] -= entry.amount
        self.reversed.add(entry.pk)
        return ledger.reverse(entry.pk, CAUSE)

    @invariant()
    def the_ledger_is_right(self) -> None:
        assert audit.check() == []
        found = {row.pk: (row.balance, row.held) for row in Account.objects.all()}
        for who in VIEWERS:
            assert found.get(who, (0, 0)) == (self.balance[who], self.held[who])


def test_in_whatever_order_points_move_the_ledger_is_right(db: None) -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
