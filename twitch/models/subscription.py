"""EventSub subscriptions as Twitch last reported them."""

from __future__ import annotations

from django.db import models


class Subscription(models.Model):
    id = models.CharField(primary_key=True, max_length=64, help_text="Twitch's subscription id.")
    type = models.CharField(max_length=100)
    version = models.CharField(max_length=20)
    transport = models.CharField(max_length=10)
    status = models.CharField(max_length=60, help_text="Twitch's word; new ones may appear.")
    condition = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.type} ({self.status})"

    @property
    def is_working(self) -> bool:
        return self.is_working_status(self.status)

    @staticmethod
    def is_working_status(status: str) -> bool:
        """Tell whether events come, or are about to; any word that we do not know means no."""
        return status in ("enabled", "webhook_callback_verification_pending")
