"""Targets: the Discord channels that people let us post in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from ulid import ULID

from tokens.fields import EncryptedTextField


def new_target_id() -> str:
    return f"target_{ULID()}"


class Target(models.Model):
    """A webhook of a Discord channel; its token is never shown again."""

    class Source(models.TextChoices):
        CONNECTED = "connected", "chosen on Discord"
        PASTED = "pasted", "pasted"

    class Disabled(models.TextChoices):
        GONE = "webhook_gone", "the webhook was deleted on Discord"
        REFUSED = "webhook_refused", "Discord does not accept the webhook's token any more"

    id = models.CharField(primary_key=True, max_length=40, default=new_target_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="discord_targets"
    )
    name = models.CharField(max_length=80)
    webhook_id = models.CharField(max_length=32)
    webhook_token = EncryptedTextField()
    guild_id = models.CharField(max_length=32, blank=True, db_default="")
    channel_id = models.CharField(max_length=32, blank=True, db_default="")
    # Posts go to this thread of the channel; a forum channel takes no others.
    thread_id = models.CharField(max_length=32, blank=True, db_default="")
    source = models.CharField(max_length=9, choices=Source)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_because = models.CharField(max_length=20, choices=Disabled, blank=True, db_default="")
    # Discord asked us to leave this webhook alone until then.
    rests_until = models.DateTimeField(null=True, blank=True)
    # The delivery that may post now, "" for none: one at a time, so the oldest comes first.
    turn_of = models.CharField(max_length=40, blank=True, default="", db_default="")
    turn_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "webhook_id", "thread_id"], name="one_target_per_place"
            ),
            models.CheckConstraint(
                condition=Q(disabled_at=None, disabled_because="")
                | Q(disabled_at__isnull=False) & ~Q(disabled_because=""),
                name="disabled_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name
