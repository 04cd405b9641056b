"""Accounts, the entries that explain their balances, and points that are set aside."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from ulid import ULID


def new_hold_id() -> str:
    return f"hold_{ULID()}"


class Account(models.Model):
    """What a viewer has: `balance` is the sum of the entries, `held` the part that is set aside.

    `owed` is what was taken back although it was spent: advanced, and not paid off yet. `seq` rises
    with every change, so that of two answers the newer one is known.
    """

    viewer = models.OneToOneField(
        "twitch.Viewer", primary_key=True, on_delete=models.PROTECT, related_name="points"
    )
    balance = models.BigIntegerField(db_default=0)
    held = models.BigIntegerField(db_default=0, help_text="Set aside, and not to be spent twice.")
    owed = models.BigIntegerField(
        db_default=0, help_text="Taken back after it was spent: the next points pay it off."
    )
    seq = models.BigIntegerField(db_default=0, editable=False, help_text="Counts the changes.")
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        # No index on the balance: without one, most changes of it touch no index at all.
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="no_balance_below_zero"),
            models.CheckConstraint(
                condition=Q(held__gte=0, held__lte=F("balance")), name="no_more_held_than_there_is"
            ),
            models.CheckConstraint(
                condition=Q(owed=0) | Q(owed__gt=0, held=F("balance")),
                name="who_owes_has_nothing_to_spend",
            ),
        ]

    def __str__(self) -> str:
        return str(self.viewer)

    @property
    def available(self) -> int:
        return self.balance - self.held


class Hold(models.Model):
    """Points that are set aside until they are captured (spent) or released, once."""

    class Status(models.TextChoices):
        OPEN = "open", "open"
        CAPTURED = "captured", "captured"
        RELEASED = "released", "released"

    id = models.CharField(primary_key=True, max_length=40, default=new_hold_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds")
    amount = models.BigIntegerField()
    status = models.CharField(max_length=8, choices=Status, db_default=Status.OPEN)
    cause_type = models.CharField(max_length=60)
    cause_id = models.CharField(max_length=100)
    description = models.CharField(max_length=200, blank=True, db_default="")
    key = models.CharField(max_length=250)
    batch = models.CharField(max_length=200, blank=True, db_default="")
    opened_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="one_hold_per_key"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="hold_of_something"),
            models.CheckConstraint(
                condition=Q(status="open", closed_at=None)
                | Q(status__in=["captured", "released"], closed_at__isnull=False),
                name="hold_is_closed_once",
            ),
            models.CheckConstraint(
                condition=~Q(cause_type="") & ~Q(cause_id=""), name="hold_has_a_cause"
            ),
        ]
        indexes = [
            models.Index(fields=["account"], condition=Q(status="open"), name="hold_open"),
        ]

    def __str__(self) -> str:
        return self.id


class Entry(models.Model):
    """One change of one balance and its cause; never changed, never deleted."""

    class Kind(models.TextChoices):
        CREDIT = "credit", "given"
        DEBIT = "debit", "taken"
        CAPTURE = "capture", "spent from a hold"
        REVERSAL = "reversal", "reversed"
        ADVANCE = "advance", "owed from here on"
        REPAYMENT = "repayment", "paid off"

    # In the order of an account's changes: drawn while its row is locked.
    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    amount = models.BigIntegerField()
    balance_after = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    cause_type = models.CharField(max_length=60)
    cause_id = models.CharField(max_length=100)
    description = models.CharField(max_length=200, blank=True, db_default="")
    key = models.CharField(max_length=250)
    batch = models.CharField(
        max_length=200, blank=True, db_default="", help_text="What was done, and is undone, as one."
    )
    reverses = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reversals",
        db_index=False,
    )
    hold = models.ForeignKey(
        Hold,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="captures",
        db_index=False,
    )
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["key"], name="one_entry_per_key"),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="an_entry_is_reversed_once",
            ),
            models.UniqueConstraint(
                fields=["hold"], condition=Q(hold__isnull=False), name="a_hold_is_captured_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["credit", "advance"], amount__gt=0)
                | Q(kind__in=["debit", "capture", "repayment"], amount__lt=0)
                | Q(kind="reversal", amount__gt=0)
                | Q(kind="reversal", amount__lt=0),
                name="entry_has_its_sign",
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False)
                | ~Q(kind="reversal") & Q(reverses=None),
                name="only_reversals_reverse",
            ),
            models.CheckConstraint(
                condition=Q(kind="capture", hold__isnull=False) | ~Q(kind="capture") & Q(hold=None),
                name="only_captures_have_a_hold",
            ),
            models.CheckConstraint(
                condition=Q(balance_after__gte=0), name="no_balance_was_below_zero"
            ),
            models.CheckConstraint(
                condition=~Q(cause_type="") & ~Q(cause_id=""), name="entry_has_a_cause"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="entry_of_account"),
            models.Index(fields=["batch"], condition=~Q(batch=""), name="entry_of_batch"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.amount:+,} {self.description}".rstrip()
