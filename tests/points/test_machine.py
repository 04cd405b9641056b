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
from points.services.ledger import Credit, HoldClosed, NotEnough
from tests.points.conftest import CAUSE
from twitch.models import Viewer

VIEWERS = ("1", "2", "3")
viewer = st.sampled_from(VIEWERS)
amount = st.integers(1, 60)


class Ledger(RuleBasedStateMachine):
    """Balances, holds and debts as dictionaries, beside the real ones."""

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
        self.owed = dict.fromkeys(VIEWERS, 0)
        self.reversed: set[int] = set()
        self.keys = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)

    def key(self) -> str:
        self.keys += 1
        return f"key {self.keys}"

    def gets(self, who: str, points: int) -> None:
        repaid = min(self.owed[who], points)
        self.owed[who] -= repaid
        self.balance[who] += points - repaid

    def can_spend(self, who: str, points: int) -> bool:
        return self.balance[who] - self.held[who] >= points

    @rule(target=entries, who=viewer, points=amount, repeats=st.booleans())
    def credit(self, who: str, points: int, repeats: bool) -> Any:
        key = self.key()
        entry = ledger.credit(who, points, CAUSE, key=key)
        if repeats:
            assert ledger.credit(who, points, CAUSE, key=key).pk == entry.pk
        self.gets(who, points)
        return entry

    @rule(target=entries, points=st.lists(st.tuples(viewer, amount), max_size=5))
    def credit_many(self, points: list[tuple[str, int]]) -> Any:
        credits = [Credit(who, each, CAUSE, self.key()) for who, each in points]
        made = ledger.credit_many(credits)
        assert ledger.credit_many(credits) == made
        for who, each in points:
            self.gets(who, each)
        return multiple(*made)

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
        self.balance[hold.account_id] -= hold.amount
        self.gets(hold.account_id, hold.amount)
        ledger.release(hold.pk)
        with pytest.raises(HoldClosed):
            ledger.capture(hold.pk)

    @rule(target=entries, entry=entries, owing=st.booleans())
    def reverse(self, entry: Any, owing: bool) -> Any:
        who, points = entry.account_id, entry.amount
        if entry.pk in self.reversed:
            assert ledger.reverse(entry.pk, CAUSE).reverses_id == entry.pk
            return multiple()
        if points > 0 and not owing and not self.can_spend(who, points):
            with pytest.raises(NotEnough):
                ledger.reverse(entry.pk, CAUSE)
            return multiple()
        if points > 0:
            taken = min(points, self.balance[who] - self.held[who])
            self.balance[who] -= taken
            self.owed[who] += points - taken
        else:
            self.gets(who, -points)
        self.reversed.add(entry.pk)
        return ledger.reverse(entry.pk, CAUSE, owing=owing)

    @invariant()
    def the_ledger_is_right(self) -> None:
        assert audit.check() == []
        found = {row.pk: (row.balance, row.held, row.owed) for row in Account.objects.all()}
        for who in VIEWERS:
            model = (self.balance[who], self.held[who], self.owed[who])
            assert found.get(who, (0, 0, 0)) == model


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
