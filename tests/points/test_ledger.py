"""The ledger's verbs: what they do, refuse, repeat and survive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from points.models import Account, Entry, Hold
from points.services import audit, ledger
from points.services.ledger import (
    Cause,
    Credit,
    HoldClosed,
    KeyReused,
    NotEnough,
    NotReversible,
)
from tests.backstage import at_once
from tests.points.conftest import CAUSE, give
from twitch.models import Viewer

pytestmark = pytest.mark.usefixtures("sound_ledger")


def account(viewer: Viewer) -> tuple[int, int]:
    """Return the balance and what of it is held."""
    found = Account.objects.get(pk=viewer.pk)
    return found.balance, found.held


def owed(viewer: Viewer) -> int:
    return Account.objects.get(pk=viewer.pk).owed


def test_every_change_of_a_balance_has_an_entry_that_explains_it(ann: Viewer) -> None:
    given = ledger.credit(ann.pk, 100, Cause("raid", "r1", "Raided"), key="a")
    taken = ledger.debit(ann.pk, 30, CAUSE, key="b", batch="votes")
    assert (given.amount, given.balance_after, given.kind) == (100, 100, "credit")
    assert (taken.amount, taken.balance_after, taken.kind) == (-30, 70, "debit")
    stored = Entry.objects.get(pk=given.pk)
    assert (stored.cause_type, stored.cause_id, stored.description) == ("raid", "r1", "Raided")
    assert stored.at == given.at
    assert Entry.objects.get(pk=taken.pk).batch == "votes"
    assert str(taken) == "-30 A test"
    assert account(ann) == (70, 0)


def test_nobody_spends_what_they_do_not_have(ann: Viewer, bob: Viewer) -> None:
    give(ann, 20)
    with pytest.raises(NotEnough) as caught:
        ledger.debit(ann.pk, 21, CAUSE, key="a")
    assert (caught.value.balance, caught.value.amount) == (20, 21)
    assert caught.value.sentence == "That takes 21 points, and 20 are there."
    with pytest.raises(NotEnough):
        ledger.debit(bob.pk, 1, CAUSE, key="b")
    assert account(ann) == (20, 0)
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("amount", [0, -1, ledger.MOST + 1])
@pytest.mark.parametrize("verb", [ledger.credit, ledger.debit, ledger.hold])
def test_amounts_that_make_no_sense_are_refused(
    ann: Viewer, verb: Callable[..., Any], amount: int
) -> None:
    with pytest.raises(ValueError, match="Points move from 1 to"):
        verb(ann.pk, amount, CAUSE, key="a")


@pytest.mark.parametrize(
    ("cause", "key"), [(CAUSE, ""), (Cause("", "1"), "a"), (Cause("t", ""), "a")]
)
def test_points_do_not_move_without_a_cause_and_a_key(ann: Viewer, cause: Cause, key: str) -> None:
    with pytest.raises(ValueError, match="with a key and a cause"):
        ledger.credit(ann.pk, 1, cause, key=key)


def test_a_viewer_who_is_not_known_has_no_account(transactional_db: None) -> None:
    with pytest.raises(IntegrityError):
        ledger.credit("404", 1, CAUSE, key="a")
    assert not Account.objects.exists()


@pytest.mark.parametrize("verb", [ledger.credit, ledger.debit])
def test_a_repeat_with_the_same_key_changes_nothing(
    ann: Viewer, verb: Callable[..., Entry]
) -> None:
    give(ann, 50)
    first, again = (verb(ann.pk, 50, CAUSE, key="a") for _ in range(2))
    assert first.pk == again.pk
    assert Entry.objects.count() == 2


def test_a_key_that_was_used_for_something_else_is_refused(ann: Viewer, bob: Viewer) -> None:
    give(ann, 50)
    give(bob, 50)
    ledger.debit(ann.pk, 5, CAUSE, key="a")
    for wrong in (
        lambda: ledger.debit(ann.pk, 6, CAUSE, key="a"),
        lambda: ledger.credit(ann.pk, 5, CAUSE, key="a"),
        lambda: ledger.debit(bob.pk, 5, CAUSE, key="a"),
        lambda: ledger.debit(ann.pk, 5, Cause("test", "2"), key="a"),
    ):
        with pytest.raises(KeyReused):
            wrong()
    ledger.hold(ann.pk, 5, CAUSE, key="a")
    with pytest.raises(KeyReused):
        ledger.hold(ann.pk, 6, CAUSE, key="a")


def test_what_is_refused_leaves_the_callers_transaction_usable(ann: Viewer) -> None:
    with transaction.atomic():
        give(ann, 5)
        with pytest.raises(NotEnough):
            ledger.debit(ann.pk, 6, CAUSE, key="a")
        ledger.debit(ann.pk, 5, CAUSE, key="b")
    assert account(ann) == (0, 0)


# --- Holds -------------------------------------------------------------------------------------


def test_what_is_held_cannot_be_spent_twice(ann: Viewer) -> None:
    give(ann, 100)
    held = ledger.hold(ann.pk, 70, CAUSE, key="a")
    assert account(ann) == (100, 70)
    for verb in (ledger.debit, ledger.hold):
        with pytest.raises(NotEnough) as caught:
            verb(ann.pk, 31, CAUSE, key="b")
        assert caught.value.balance == 30
    assert ledger.hold(ann.pk, 70, CAUSE, key="a") == held
    assert Entry.objects.count() == 1


def test_a_capture_spends_what_was_held_once(ann: Viewer) -> None:
    give(ann, 100)
    held = ledger.hold(ann.pk, 70, CAUSE, key="a", batch="market")
    entry = ledger.capture(held.pk)
    assert (entry.amount, entry.balance_after, entry.kind, entry.batch) == (
        -70,
        30,
        "capture",
        "market",
    )
    assert ledger.capture(held.pk) == entry
    assert account(ann) == (30, 0)
    with pytest.raises(HoldClosed):
        ledger.release(held.pk)


def test_a_release_gives_it_back_without_an_entry(ann: Viewer) -> None:
    give(ann, 100)
    held = ledger.hold(ann.pk, 70, CAUSE, key="a")
    for _ in range(2):
        assert ledger.release(held.pk).status == "released"
    assert account(ann) == (100, 0)
    with pytest.raises(HoldClosed):
        ledger.capture(held.pk)
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("verb", [ledger.capture, ledger.release])
def test_a_hold_that_never_was_is_an_error(db: None, verb: Callable[[str], Any]) -> None:
    with pytest.raises(Hold.DoesNotExist):
        verb("hold_404")


# --- Reversals ---------------------------------------------------------------------------------


def test_an_entry_is_put_right_by_its_opposite_once(ann: Viewer) -> None:
    entry = ledger.credit(ann.pk, 40, CAUSE, key="a")
    opposite = ledger.reverse(entry.pk, Cause("test", "2", "Wrong"))
    assert (opposite.amount, opposite.kind, opposite.reverses) == (-40, "reversal", entry)
    assert ledger.reverse(entry.pk, Cause("test", "3", "Once more")) == opposite
    assert account(ann) == (0, 0)


def test_the_reversal_of_a_reversal_restores_what_was(ann: Viewer) -> None:
    entry = ledger.credit(ann.pk, 40, CAUSE, key="a")
    opposite = ledger.reverse(entry.pk, CAUSE)
    restored = ledger.reverse(opposite.pk, CAUSE)
    assert (restored.amount, restored.balance_after) == (40, 40)


def test_a_captured_hold_is_given_back_by_reversing_its_entry(ann: Viewer) -> None:
    give(ann, 10)
    entry = ledger.capture(ledger.hold(ann.pk, 10, CAUSE, key="a").pk)
    assert ledger.reverse(entry.pk, CAUSE).balance_after == 10


def test_what_is_spent_cannot_be_taken_back(ann: Viewer) -> None:
    entry = ledger.credit(ann.pk, 40, CAUSE, key="a")
    ledger.debit(ann.pk, 1, CAUSE, key="b")
    with pytest.raises(NotEnough) as caught:
        ledger.reverse(entry.pk, CAUSE)
    assert (caught.value.balance, caught.value.amount) == (39, 40)


def test_a_batch_is_reversed_as_one_and_back_again(ann: Viewer, bob: Viewer) -> None:
    give(ann, 10)
    give(bob, 10)
    ledger.debit(ann.pk, 10, CAUSE, key="a", batch="settled")
    ledger.credit(ann.pk, 30, CAUSE, key="b", batch="settled")
    ledger.debit(bob.pk, 5, CAUSE, key="c", batch="settled")
    made = ledger.reverse_batch("settled", CAUSE)
    assert [entry.amount for entry in made] == [-30, 10, 5]
    assert (account(ann), account(bob)) == ((10, 0), (10, 0))
    assert ledger.reverse_batch("settled", CAUSE) == made
    ledger.reverse_batch("reverse:settled", CAUSE)
    assert (account(ann), account(bob)) == ((30, 0), (5, 0))


def test_a_batch_is_reversed_wholly_or_not_at_all(ann: Viewer, bob: Viewer) -> None:
    give(ann, 10, batch="gift")
    give(bob, 10, batch="gift")
    ledger.debit(bob.pk, 1, CAUSE, key="a")
    with pytest.raises(NotEnough):
        ledger.reverse_batch("gift", CAUSE)
    assert (account(ann), account(bob)) == ((10, 0), (9, 0))
    with pytest.raises(ValueError, match="no batch"):
        ledger.reverse_batch("", CAUSE)


def test_what_is_spent_can_be_taken_back_as_owed_and_the_next_points_pay_it_off(
    ann: Viewer,
) -> None:
    entry = ledger.credit(ann.pk, 100, CAUSE, key="a")
    ledger.debit(ann.pk, 30, CAUSE, key="b")
    opposite = ledger.reverse(entry.pk, Cause("test", "2", "Corrected"), owing=True)
    assert (opposite.amount, opposite.balance_after) == (-100, 0)
    assert owed(ann) == 30
    assert ledger.reverse(entry.pk, CAUSE, owing=True) == opposite
    ledger.credit(ann.pk, 10, CAUSE, key="c")
    assert (account(ann), owed(ann)) == ((0, 0), 20)
    assert ledger.credit(ann.pk, 50, CAUSE, key="d").balance_after == 50
    assert (account(ann), owed(ann)) == ((30, 0), 0)
    assert [(e.kind, e.amount, e.cause_id) for e in Entry.objects.order_by("id")[2:]] == [
        ("advance", 30, "2"),
        ("reversal", -100, "2"),
        ("credit", 10, "1"),
        ("repayment", -10, "1"),
        ("credit", 50, "1"),
        ("repayment", -20, "1"),
    ]


def test_to_reverse_what_was_reversed_owing_restores_what_was(ann: Viewer) -> None:
    entry = ledger.credit(ann.pk, 100, CAUSE, key="a")
    ledger.debit(ann.pk, 30, CAUSE, key="b")
    opposite = ledger.reverse(entry.pk, CAUSE, owing=True)
    ledger.reverse(opposite.pk, CAUSE)
    assert (account(ann), owed(ann)) == ((70, 0), 0)


def test_who_owes_does_not_lose_what_is_set_aside_until_it_is_released(ann: Viewer) -> None:
    entry = ledger.credit(ann.pk, 100, CAUSE, key="a")
    held = ledger.hold(ann.pk, 60, CAUSE, key="b")
    ledger.debit(ann.pk, 10, CAUSE, key="c")
    ledger.reverse(entry.pk, CAUSE, owing=True)
    assert (account(ann), owed(ann)) == ((60, 60), 70)
    with pytest.raises(NotEnough):
        ledger.debit(ann.pk, 1, CAUSE, key="d")
    ledger.release(held.pk)
    assert (account(ann), owed(ann)) == ((0, 0), 10)


def test_entries_about_what_is_owed_are_not_reversed_by_themselves(ann: Viewer) -> None:
    entry = ledger.credit(ann.pk, 10, CAUSE, key="a")
    ledger.debit(ann.pk, 10, CAUSE, key="b")
    ledger.reverse(entry.pk, CAUSE, owing=True)
    with pytest.raises(NotReversible):
        ledger.reverse(Entry.objects.get(kind="advance").pk, CAUSE)


def test_a_batch_is_reversed_owing_and_back_again(ann: Viewer, bob: Viewer) -> None:
    give(ann, 10, batch="payout")
    give(bob, 10, batch="payout")
    ledger.debit(bob.pk, 4, CAUSE, key="a")
    made = ledger.reverse_batch("payout", CAUSE, owing=True)
    assert [entry.amount for entry in made] == [-10, -10]
    assert (account(ann), account(bob), owed(bob)) == ((0, 0), (0, 0), 4)
    ledger.reverse_batch("reverse:payout", CAUSE)
    assert (account(ann), account(bob), owed(bob)) == ((10, 0), (6, 0), 0)


# --- Many at once ------------------------------------------------------------------------------


def credits_for(*viewers: Viewer, amount: int = 5) -> list[Credit]:
    return [Credit(each.pk, amount, CAUSE, f"pay {n}") for n, each in enumerate(viewers)]


def test_many_are_paid_as_one_and_once(ann: Viewer, bob: Viewer) -> None:
    made = ledger.credit_many(credits_for(bob, ann, bob), batch="payout")
    assert [(e.account_id, e.amount, e.balance_after) for e in made] == [
        (bob.pk, 5, 5),
        (ann.pk, 5, 5),
        (bob.pk, 5, 10),
    ]
    assert ledger.credit_many(credits_for(bob, ann, bob), batch="payout") == made
    assert (account(ann), account(bob)) == ((5, 0), (10, 0))
    assert {entry.batch for entry in Entry.objects.all()} == {"payout"}
    assert ledger.credit_many([]) == []


def test_many_are_paid_wholly_or_not_at_all(ann: Viewer, bob: Viewer) -> None:
    ledger.credit_many(credits_for(ann))
    for wrong in (credits_for(ann, bob, amount=6), credits_for(bob), [*credits_for(ann) * 2]):
        with pytest.raises(KeyReused):
            ledger.credit_many(wrong)
    assert account(ann) == (5, 0)
    assert not Entry.objects.filter(account=bob.pk).exists()
    with pytest.raises(ValueError, match="at most 200"):
        Credit(ann.pk, 5, CAUSE, "k" * 201)


def test_hundreds_are_paid_and_taken_back_in_few_statements(
    db: None, django_assert_max_num_queries: Any
) -> None:
    viewers = [Viewer(id=str(n), login=f"v{n}", display_name=f"V{n}") for n in range(1, 501)]
    Viewer.objects.bulk_create(viewers)
    with django_assert_max_num_queries(10):
        ledger.credit_many(credits_for(*viewers), batch="payout")
    with django_assert_max_num_queries(10):
        ledger.reverse_batch("payout", CAUSE)
    assert audit.sums().burned == 2500


# --- The tables guard themselves -----------------------------------------------------------------


def test_no_entry_is_ever_changed_or_deleted(ann: Viewer) -> None:
    give(ann, 10)
    for wrong in (
        lambda: Entry.objects.update(amount=11),
        lambda: Entry.objects.all().delete(),
        lambda: execute("DELETE FROM points_entry"),
        lambda: execute("UPDATE points_entry SET description = ''"),
    ):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            wrong()


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"balance": -1}, "no_balance_below_zero|no_more_held"),
        ({"held": 11}, "no_more_held_than_there_is"),
        ({"held": -1}, "no_more_held_than_there_is"),
        ({"owed": 1}, "who_owes_has_nothing_to_spend"),
        ({"owed": -1, "held": 10}, "who_owes_has_nothing_to_spend"),
    ],
)
def test_no_account_is_ever_below_zero(
    ann: Viewer, columns: dict[str, int], constraint: str
) -> None:
    give(ann, 10)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Account.objects.update(**columns)


# --- Everybody at once ---------------------------------------------------------------------------


def outcomes(results: list[Any]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def in_turns(number: int, work: Callable[[], Any], threads: int = 20) -> list[Any]:
    """Do the work that often, by so many threads at once."""
    left = count()
    results: list[Any] = []

    def some() -> None:
        while next(left) < number:
            try:
                results.append(work())
            except Exception as error:
                results.append(error)

    at_once(threads, some)
    return results


@pytest.mark.django_db(transaction=True)
def test_of_200_debits_at_once_from_100_points_exactly_100_succeed(ann: Viewer) -> None:
    give(ann, 100)
    keys = count()
    results = in_turns(200, lambda: ledger.debit(ann.pk, 1, CAUSE, key=f"d{next(keys)}"))
    assert outcomes(results) == {"Entry": 100, "NotEnough": 100}
    assert account(ann) == (0, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", [ledger.credit, ledger.debit, ledger.hold])
@pytest.mark.parametrize("outer", [False, True])
def test_one_key_at_once_counts_once(ann: Viewer, verb: Callable[..., Any], outer: bool) -> None:
    give(ann, 10)

    def move() -> Any:
        if not outer:
            return verb(ann.pk, 7, CAUSE, key="a").pk
        with transaction.atomic():
            return verb(ann.pk, 7, CAUSE, key="a").pk

    assert len(set(at_once(12, move))) == 1
    expected = {ledger.credit: (17, 0), ledger.debit: (3, 0), ledger.hold: (10, 7)}
    assert account(ann) == expected[verb]


@pytest.mark.django_db(transaction=True)
def test_a_hold_ends_one_way_whoever_asks_at_once(ann: Viewer) -> None:
    give(ann, 10)
    held = ledger.hold(ann.pk, 10, CAUSE, key="a")
    verbs = iter([ledger.capture, ledger.release] * 6)
    results = outcomes(at_once(12, lambda: next(verbs)(held.pk)))
    assert results in ({"Entry": 6, "HoldClosed": 6}, {"Hold": 6, "HoldClosed": 6})
    assert account(ann) == ((0, 0) if "Entry" in results else (10, 0))


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_reversed_once_whoever_asks_at_once(ann: Viewer) -> None:
    give(ann, 100)
    entry = ledger.debit(ann.pk, 40, CAUSE, key="a")
    causes = count()
    results = at_once(12, lambda: ledger.reverse(entry.pk, Cause("test", f"{next(causes)}")).pk)
    assert len(set(results)) == 1
    assert account(ann) == (100, 0)


@pytest.mark.django_db(transaction=True)
def test_what_is_owed_is_paid_off_once_whoever_pays_at_once(ann: Viewer) -> None:
    entry = ledger.credit(ann.pk, 50, CAUSE, key="a")
    ledger.debit(ann.pk, 50, CAUSE, key="b")
    keys = count()
    verbs = iter(
        [
            lambda: ledger.reverse(entry.pk, CAUSE, owing=True),
            lambda: ledger.credit(ann.pk, 10, CAUSE, key=f"c{next(keys)}"),
        ]
        * 8
    )
    assert outcomes(at_once(16, lambda: next(verbs)())) == {"Entry": 16}
    assert (account(ann), owed(ann)) == ((30, 0), 0)


@pytest.mark.django_db(transaction=True)
def test_payouts_of_the_same_viewers_at_once_do_not_wait_for_each_other_for_ever(
    ann: Viewer, bob: Viewer
) -> None:
    numbers = count()

    def pay() -> int:
        number = next(numbers)
        order = (ann, bob) if number % 2 else (bob, ann)
        credits = [Credit(each.pk, 1, CAUSE, f"{number}:{each.pk}") for each in order]
        return len(ledger.credit_many(credits))

    assert at_once(12, pay) == [2] * 12
    assert (account(ann), account(bob)) == ((12, 0), (12, 0))


@pytest.mark.django_db(transaction=True)
def test_batches_of_the_same_viewers_do_not_wait_for_each_other_for_ever(
    ann: Viewer, bob: Viewer
) -> None:
    for number in range(6):
        for viewer in (ann, bob) if number % 2 else (bob, ann):
            give(viewer, 10, key=f"b{number}", batch=f"batch {number}")
    numbers = count()
    at_once(6, lambda: ledger.reverse_batch(f"batch {next(numbers)}", CAUSE))
    assert (account(ann), account(bob)) == ((0, 0), (0, 0))
    assert audit.sums().entries == 24
