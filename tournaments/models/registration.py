"""Registrations: who wants to play, and the evidence that they may."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from ulid import ULID


def new_registration_id() -> str:
    return f"reg_{ULID()}"


class Registration(models.Model):
    """A viewer's wish to play in a tournament; one for each, also after a withdrawal."""

    class Status(models.TextChoices):
        PENDING = "PENDING", "pending"
        CONFIRMED = "CONFIRMED", "confirmed"
        NOT_SELECTED = "NOT_SELECTED", "not selected"
        WITHDRAWN = "WITHDRAWN", "withdrawn"

    id = models.CharField(
        primary_key=True, max_length=40, default=new_registration_id, editable=False
    )
    tournament = models.ForeignKey(
        "tournaments.Tournament", on_delete=models.CASCADE, related_name="registrations"
    )
    viewer = models.ForeignKey(
        "twitch.Viewer", on_delete=models.PROTECT, related_name="registrations"
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.PENDING)
    registered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    # What Twitch said of the subscription: "" none, "1000", "2000" or "3000".
    tier = models.CharField(max_length=4, blank=True, db_default="")
    is_gift = models.BooleanField(db_default=False)
    subscription_seen_at = models.DateTimeField(null=True, blank=True)

    # The curation board.
    is_pinned = models.BooleanField(db_default=False)
    # Not this time: drawn by no lot, and not on the waiting list.
    is_passed_over = models.BooleanField(db_default=False)
    note = models.CharField(max_length=500, blank=True, db_default="")
    tags: models.Field[list[str], list[str]] = ArrayField(
        models.CharField(max_length=30), default=list, blank=True
    )
    # The draft of the roster: chosen, and by hand or by the published seed.
    is_chosen = models.BooleanField(db_default=False)
    is_chosen_by_lot = models.BooleanField(db_default=False)
    # Of who is chosen: 1 is the strongest. Players with the same group do not meet in the league.
    seed = models.PositiveSmallIntegerField(null=True, blank=True)
    avoid_group = models.CharField(max_length=30, blank=True, db_default="")
    # The order of those who wait, from 1; only of who was not selected.
    waiting_place = models.PositiveSmallIntegerField(null=True, blank=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tournament", "viewer"], name="one_registration_per_viewer"
            ),
            models.CheckConstraint(
                condition=Q(status="WITHDRAWN", withdrawn_at__isnull=False)
                | ~Q(status="WITHDRAWN") & Q(withdrawn_at=None),
                name="withdrawn_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.viewer} · {self.tournament}"

    def leave_draft(self) -> None:
        """Be chosen no more, and have no seed; the caller saves it."""
        self.is_chosen = self.is_chosen_by_lot = False
        self.seed = None
