"""What earns points: rewards on Twitch, and support for the channel."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from ulid import ULID

MOST_AT_ONCE = 1_000_000


def new_exchange_id() -> str:
    return f"exchange_{ULID()}"


class RewardPoints(models.Model):
    """How many points a redemption of a reward gives."""

    reward = models.OneToOneField(
        "twitch.Reward", primary_key=True, on_delete=models.CASCADE, related_name="gives_points"
    )
    amount = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_AT_ONCE)]
    )

    class Meta:
        verbose_name = "points of a reward"
        verbose_name_plural = "points of rewards"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__range=(1, MOST_AT_ONCE)), name="reward_gives_points"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reward}: {self.amount:,} points"


class Exchange(models.Model):
    """One redemption of a reward that gives points."""

    id = models.CharField(primary_key=True, max_length=40, default=new_exchange_id, editable=False)
    redemption = models.OneToOneField(
        "twitch.Redemption", on_delete=models.PROTECT, related_name="exchange"
    )
    viewer = models.ForeignKey("twitch.Viewer", on_delete=models.PROTECT, related_name="exchanges")
    amount = models.PositiveIntegerField(
        null=True, blank=True, help_text="What the reward gave when it was redeemed."
    )
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.id


def _points(default: int, help_text: str = "") -> models.PositiveIntegerField[int, int]:
    return models.PositiveIntegerField(
        default=default, validators=[MaxValueValidator(MOST_AT_ONCE)], help_text=help_text
    )


class Rates(models.Model):
    """The one row of what support for the channel earns; 0 is nothing."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    subscription_tier_1 = _points(500, "To subscribe, and each month that is told in chat.")
    subscription_tier_2 = _points(1000)
    subscription_tier_3 = _points(2500)
    gifted_subscription = _points(500, "To who gives it, for each.")
    hundred_bits = _points(100, "In proportion, rounded down.")
    raid = _points(250, "To who raids the channel.")

    class Meta:
        verbose_name = "rates"
        verbose_name_plural = "rates"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_set_of_rates")]

    def __str__(self) -> str:
        return "Rates"
