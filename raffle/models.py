"""Rolls, with their arithmetic enforced by the database."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Count, F, Max, Min, Q
from django.db.models.functions import Now
from ulid import ULID

from raffle.rules import LEAST, MOST


def new_roll_id() -> str:
    return f"roll_{ULID()}"


class RollQuerySet(models.QuerySet["Roll"]):
    def made(self) -> RollQuerySet:
        """Rolls that count: recorded and not withdrawn."""
        return self.filter(rolled_at__isnull=False, withdrawn_at=None)

    def missed(self) -> RollQuerySet:
        return self.made().filter(is_win=False)

    def closest_miss(self) -> int | None:
        """Return the smallest distance of a roll that did not win."""
        closest: int | None = self.missed().aggregate(closest=Min("distance"))["closest"]
        return closest

    def by_viewer(self) -> models.QuerySet[Any, Any]:
        """Return one row for each viewer: rolls, wins, the closest miss, the latest roll."""
        return (
            self.made()
            .values("viewer_id", display_name=F("viewer__display_name"))
            .annotate(
                rolls=Count("id"),
                wins=Count("id", filter=Q(is_win=True)),
                closest_distance=Min("distance", filter=Q(is_win=False)),
                last_rolled_at=Max("rolled_at"),
            )
        )

    def closest_of_each(self, viewer_ids: list[str]) -> dict[str, Roll]:
        """Return each viewer's closest roll that did not win, the earliest of equals."""
        rolls = self.missed().filter(viewer_id__in=viewer_ids)
        best = rolls.order_by("viewer_id", "distance", "rolled_at", "id").distinct("viewer_id")
        return {roll.viewer_id: roll for roll in best}


class Roll(models.Model):
    """One redemption's roll: made when accepted, numbered when rolled, kept when withdrawn."""

    id = models.CharField(primary_key=True, max_length=40, default=new_roll_id, editable=False)
    redemption = models.OneToOneField(
        "twitch.Redemption", on_delete=models.PROTECT, related_name="roll"
    )
    viewer = models.ForeignKey("twitch.Viewer", on_delete=models.PROTECT, related_name="rolls")
    roll = models.PositiveIntegerField(null=True, blank=True)
    winning_number = models.PositiveIntegerField(null=True, blank=True)
    distance = models.PositiveIntegerField(null=True, blank=True)
    is_win = models.BooleanField(default=False)
    is_record = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    rolled_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = RollQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rolled_at=None, roll=None, winning_number=None, distance=None)
                | Q(
                    rolled_at__isnull=False,
                    roll__isnull=False,
                    roll__range=(LEAST, MOST),
                    winning_number__isnull=False,
                    winning_number__range=(LEAST, MOST),
                    distance__isnull=False,
                ),
                name="roll_numbers_in_range",
            ),
            models.CheckConstraint(
                condition=Q(distance=None)
                | Q(roll__gte=F("winning_number"), distance=F("roll") - F("winning_number"))
                | Q(roll__lt=F("winning_number"), distance=F("winning_number") - F("roll")),
                name="roll_distance_is_right",
            ),
            models.CheckConstraint(
                condition=Q(is_win=True, distance__isnull=False, distance=0)
                | Q(is_win=False, distance=None)
                | Q(is_win=False, distance__gt=0),
                name="roll_wins_at_zero",
            ),
            models.CheckConstraint(
                condition=Q(is_record=False)
                | Q(is_win=False, distance__isnull=False, distance__gt=0),
                name="roll_record_is_a_miss",
            ),
        ]
        indexes = [
            models.Index(fields=["-rolled_at", "-id"], name="roll_recent"),
            models.Index(fields=["viewer", "distance"], name="roll_viewer"),
            models.Index(
                fields=["distance"],
                condition=Q(is_win=False, withdrawn_at=None),
                name="roll_closest",
            ),
        ]

    def __str__(self) -> str:
        return self.id
