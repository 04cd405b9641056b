"""EventSub messages, stored before they are answered."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Message(models.Model):
    """One notification or revocation; a redelivery has the same id and is the same message."""

    class Transport(models.TextChoices):
        WEBHOOK = "webhook"
        WEBSOCKET = "websocket"

    id = models.BigAutoField(primary_key=True)
    message_id = models.CharField(max_length=256, unique=True)
    kind = models.CharField(max_length=40, help_text="notification or revocation")
    type = models.CharField(max_length=100, help_text="The subscription's type.")
    version = models.CharField(max_length=20)
    transport = models.CharField(max_length=10, choices=Transport)
    sent_at = models.DateTimeField()
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of what was said.")
    body = models.JSONField()
    received_at = models.DateTimeField(db_default=Now())
    begun_at = models.DateTimeField(
        null=True, blank=True, help_text="When its run was started; empty: not yet."
    )

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(begun_at=None), name="message_new"),
            models.Index(fields=["received_at"], name="message_received"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"


class MessageConflict(models.Model):
    """A message that came again with another content: stored aside, never processed."""

    message_id = models.CharField(max_length=256, db_index=True)
    type = models.CharField(max_length=100)
    digest = models.BinaryField(max_length=32)
    body = models.JSONField()
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message_id", "digest"], name="a_conflict_is_kept_once")
        ]
