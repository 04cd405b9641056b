"""Channel-point rewards, and what Greenroom does when one is redeemed."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class RewardQuerySet(models.QuerySet["Reward"]):
    def ours(self) -> RewardQuerySet:
        """Rewards that exist on Twitch and that we may resolve."""
        return self.filter(made_by_us=True, deleted_at=None).exclude(twitch_id="")


class Reward(models.Model):
    twitch_id = models.CharField(max_length=64, blank=True, db_index=True)
    title = models.CharField(max_length=45)
    action = models.CharField(
        max_length=40, blank=True, help_text="What a redemption starts; empty: nothing."
    )
    cost = models.PositiveIntegerField(default=100, validators=[MinValueValidator(1)])
    prompt = models.CharField(max_length=200, blank=True)
    needs_input = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=True)
    is_paused = models.BooleanField(default=False)
    paused_why = models.CharField(
        max_length=40, blank=True, help_text="Why Greenroom paused it; it resumes it by itself."
    )
    cooldown_seconds = models.PositiveIntegerField(
        default=0, validators=[MaxValueValidator(604_800)], help_text="For everybody; 0 is none."
    )
    max_per_stream = models.PositiveIntegerField(default=0, help_text="0 is no limit.")
    max_per_viewer_per_stream = models.PositiveIntegerField(default=0, help_text="0 is no limit.")
    made_by_us = models.BooleanField(
        default=False, help_text="Only rewards that Greenroom made on Twitch can be refunded."
    )
    skips_queue = models.BooleanField(
        default=False, help_text="Twitch fulfils at once: such a redemption cannot be refunded."
    )
    problem = models.CharField(max_length=200, blank=True, help_text="What the last check found.")
    checked_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(
        null=True, blank=True, help_text="When it vanished from Twitch."
    )

    objects = RewardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["twitch_id"],
                condition=~models.Q(twitch_id=""),
                name="one_row_per_twitch_reward",
            )
        ]

    def __str__(self) -> str:
        return self.title
