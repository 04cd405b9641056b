"""EventSub messages, stored before they are answered."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now


class Message(models.Model):
    """One notification or revocation; a redelivery has the same id and is the same message.

    `body` is kept as it was said, as text: it is what the signature was made for, and JSON may hold
    characters that PostgreSQL's own JSON refuses.
    """

    class Transport(models.TextChoices):
        WEBHOOK = "webhook"
        WEBSOCKET = "websocket"

    id = models.BigAutoField(primary_key=True)
    message_id = models.CharField(max_length=256)
    kind = models.CharField(max_length=40, help_text="notification or revocation")
    type = models.CharField(max_length=100, help_text="The subscription's type.")
    version = models.CharField(max_length=20)
    transport = models.CharField(max_length=10, choices=Transport)
    sent_at = models.DateTimeField()
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of what was said.")
    body = models.TextField(help_text="The JSON as it came.")
    received_at = models.DateTimeField(db_default=Now())
    begun_at = models.DateTimeField(
        null=True, blank=True, help_text="When its run was started; empty: not yet."
    )
    handled_at = models.DateTimeField(
        null=True, blank=True, help_text="When its work was done; empty: not yet, or it is stuck."
    )

    class Meta:
        constraints = [
            # Not `unique=True`, which would add a second index for searches by prefix.
            models.UniqueConstraint(fields=["message_id"], name="a_message_is_stored_once")
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(begun_at=None), name="message_new"),
            BrinIndex(fields=["received_at"], name="message_received"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"

    @property
    def payload(self) -> dict[str, Any]:
        """What the body says; characters that no column can hold are replaced by U+FFFD."""
        payload: dict[str, Any] = json.loads(self.body, object_pairs_hook=_storable_object)
        return payload

    @property
    def event(self) -> dict[str, Any]:
        """What happened, as the type's documentation describes it; empty for a revocation."""
        event = self.payload.get("event")
        return event if isinstance(event, dict) else {}


class MessageConflict(models.Model):
    """A message that came again with another content: stored aside, never processed."""

    message_id = models.CharField(max_length=256, db_index=True)
    type = models.CharField(max_length=100)
    digest = models.BinaryField(max_length=32)
    body = models.TextField(help_text="The JSON as it came.")
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message_id", "digest"], name="a_conflict_is_kept_once")
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"


def _storable_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {_storable(name): _storable(value) for name, value in pairs}


def _storable(value: Any) -> Any:
    """Replace NUL and lone surrogates, which JSON can name and PostgreSQL and UTF-8 cannot hold."""
    if isinstance(value, str):
        return (
            value.replace("\0", "\ufffd")
            .encode("utf-16", "surrogatepass")
            .decode("utf-16", "replace")
        )
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value
