"""Raids: other channels that sent their viewers over."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from ulid import ULID

from twitch.models.stream import StreamSession
from twitch.models.viewer import Viewer


def new_raid_id() -> str:
    return f"raid_{ULID()}"


class Raid(models.Model):
    """One raid, and what was done for whom it came from."""

    id = models.CharField(primary_key=True, max_length=40, default=new_raid_id, editable=False)
    message_id = models.CharField(
        max_length=256, unique=True, help_text="Of the EventSub message that told of it."
    )
    raider = models.ForeignKey(Viewer, on_delete=models.PROTECT, related_name="raids")
    session = models.ForeignKey(
        StreamSession, null=True, blank=True, on_delete=models.SET_NULL, related_name="raids"
    )
    viewers = models.PositiveIntegerField(help_text="How many came.")
    raided_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    thanked_at = models.DateTimeField(null=True, blank=True)
    shouted_out_at = models.DateTimeField(null=True, blank=True)
    why_no_shoutout = models.CharField(
        max_length=60, blank=True, help_text="A code; empty: there was one, or may yet be."
    )

    class Meta:
        indexes = [models.Index(fields=["-raided_at", "-id"], name="raid_recent")]

    def __str__(self) -> str:
        return f"{self.raider} with {self.viewers}"
