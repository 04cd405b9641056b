"""Redemptions: one row for each, keyed by Twitch's id."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from twitch.models.reward import Reward
from twitch.models.viewer import Viewer


class RedemptionQuerySet(models.QuerySet["Redemption"]):
    def open(self) -> RedemptionQuerySet:
        return self.filter(status=Redemption.Status.UNFULFILLED)


class Redemption(models.Model):
    class Status(models.TextChoices):
        """Twitch's words, in Helix's spelling. Each redemption ends FULFILLED or CANCELED, once."""

        UNFULFILLED = "UNFULFILLED", "open"
        FULFILLED = "FULFILLED", "fulfilled"
        CANCELED = "CANCELED", "refunded"
        UNKNOWN = "UNKNOWN", "unknown"

    id = models.CharField(primary_key=True, max_length=64, help_text="Twitch's redemption id.")
    viewer = models.ForeignKey(Viewer, on_delete=models.PROTECT, related_name="redemptions")
    reward = models.ForeignKey(
        Reward, null=True, blank=True, on_delete=models.SET_NULL, related_name="redemptions"
    )
    reward_twitch_id = models.CharField(max_length=64)
    reward_title = models.CharField(max_length=100)
    cost = models.PositiveIntegerField(default=0)
    user_input = models.TextField(blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.UNFULFILLED)
    redeemed_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    begun_at = models.DateTimeField(
        null=True, blank=True, help_text="When its reward's action was started; empty: not yet."
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = RedemptionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-redeemed_at"], name="redemption_recent"),
            models.Index(
                fields=["received_at"],
                condition=models.Q(status="UNFULFILLED"),
                name="redemption_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reward_title} by {self.viewer}"
