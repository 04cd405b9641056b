"""The proof finds whatever is wrong, and nothing else."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from points.services import audit, ledger
from points.tasks import check
from tests.points.conftest import CAUSE, give
from twitch.models import Viewer


@pytest.fixture
def evening(ann: Viewer, bob: Viewer) -> None:
    """Something of everything."""
    give(ann, 100)
    give(bob, 50)
    ledger.reverse(ledger.debit(ann.pk, 30, CAUSE, key="a").pk, CAUSE)
    ledger.capture(ledger.hold(ann.pk, 20, CAUSE, key="b").pk)
    ledger.release(ledger.hold(ann.pk, 20, CAUSE, key="c").pk)
    ledger.hold(ann.pk, 10, CAUSE, key="d")


def tamper(statement: str) -> None:
    """Change what nobody can change, as a careless hand in the database would."""
    with connection.cursor() as cursor:
        # Foreign keys are looked at before triggers are switched.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE points_entry DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE points_entry ENABLE TRIGGER USER")


def test_a_sound_ledger_is_right(evening: None) -> None:
    out = StringIO()
    call_command("ledger_check", stdout=out)
    assert out.getvalue().splitlines() == [
        "2 accounts hold 130 points, 10 of them set aside: 180 issued − 50 burned, in 5 entries.",
        "The ledger is right.",
    ]
    check()


def test_an_empty_ledger_is_right(db: None) -> None:
    assert audit.check() == []
    assert audit.sums() == audit.Sums(0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        (
            "UPDATE points_account SET balance = balance + 1 WHERE viewer_id = '2002'",
            "The balance of viewer 2002 is 51, its entries make 50.",
        ),
        (
            "DELETE FROM points_entry WHERE account_id = '2002'",
            "The balance of viewer 2002 is 50, after the last entry it was 0.",
        ),
        ("UPDATE points_entry SET amount = 51 WHERE account_id = '2002'", "does not follow"),
        (
            "UPDATE points_account SET held = 9 WHERE viewer_id = '2001'",
            "Of viewer 2001 are 9 set aside, the open holds make 10.",
        ),
        (
            "UPDATE points_account SET held = balance, owed = 7 WHERE viewer_id = '2001'",
            "Viewer 2001 owes 7, what was advanced and paid off makes 0.",
        ),
        ("DELETE FROM points_entry WHERE kind = 'capture'", "is captured, which its entries"),
        (
            "UPDATE points_hold SET status = 'captured' WHERE status = 'released'",
            "is captured, which its entries do not say",
        ),
        ("UPDATE points_entry SET amount = 31 WHERE kind = 'reversal'", "is not the opposite of"),
        (
            "UPDATE points_account SET balance = balance + 1 WHERE viewer_id = '2002'",
            "All balances make 131, but 180 were issued and 50 burned.",
        ),
    ],
)
def test_what_is_wrong_is_named(evening: None, statement: str, finding: str) -> None:
    tamper(statement)
    out = StringIO()
    with pytest.raises(CommandError, match="The ledger is wrong in"):
        call_command("ledger_check", stdout=out)
    assert finding in out.getvalue()
    check()
