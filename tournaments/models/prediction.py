"""Predictions: what viewers stake on matches, and how each was settled."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from ulid import ULID


def new_prediction_id() -> str:
    return f"pred_{ULID()}"


class Prediction(models.Model):
    """One viewer's stake on one match: more may be added to the same side until it is live."""

    class Side(models.TextChoices):
        HOME = "home", "home"
        DRAW = "draw", "draw"
        AWAY = "away", "away"

    class Status(models.TextChoices):
        OPEN = "open", "open"
        WON = "won", "won"
        LOST = "lost", "lost"
        REFUNDED = "refunded", "refunded"

    id = models.CharField(
        primary_key=True, max_length=40, default=new_prediction_id, editable=False
    )
    match = models.ForeignKey(
        "tournaments.Match", on_delete=models.CASCADE, related_name="predictions"
    )
    viewer = models.ForeignKey(
        "twitch.Viewer", on_delete=models.PROTECT, related_name="predictions"
    )
    # In a tie: who goes through, so never `draw`.
    side = models.CharField(max_length=4, choices=Side)
    points_wagered = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    # What came back: the share of the pot, or the stake.
    payout = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["match", "viewer"], name="one_prediction_per_viewer_and_match"
            ),
            models.CheckConstraint(condition=Q(points_wagered__gte=1), name="something_is_staked"),
        ]


class Stake(models.Model):
    """One press that staked points: the same press twice is one stake."""

    prediction = models.ForeignKey(Prediction, on_delete=models.CASCADE, related_name="stakes")
    key = models.CharField(max_length=64)
    points = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prediction", "key"], name="one_stake_per_press"),
        ]


class Settlement(models.Model):
    """One settling of a match's predictions; a corrected result reverses it and makes another."""

    match = models.ForeignKey(
        "tournaments.Match", on_delete=models.CASCADE, related_name="settlements"
    )
    number = models.PositiveSmallIntegerField()
    # home, draw, away, or "void": the stakes go back.
    outcome = models.CharField(max_length=4)
    stakes = models.PositiveBigIntegerField()
    payouts = models.PositiveBigIntegerField()
    refunds = models.PositiveBigIntegerField()
    # The ledger's batch of its entries.
    batch = models.CharField(max_length=100)
    at = models.DateTimeField()
    reversed_at = models.DateTimeField(null=True, blank=True)
    # The one whose line in chat tells of it, and when that was put together.
    told_with = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="told_together"
    )
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["match", "number"], name="settlements_are_numbered"),
            models.UniqueConstraint(
                fields=["match"],
                condition=Q(reversed_at=None),
                name="one_settlement_at_a_time",
            ),
        ]
