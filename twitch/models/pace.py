"""When Greenroom spoke in chat: Twitch counts, and so do we."""

from __future__ import annotations

from django.db import models


class SaidLine(models.Model):
    """A line that an account said, kept for as long as Twitch counts it."""

    account_id = models.CharField(max_length=64)
    said_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account_id", "said_at"], name="said_line_recent")]
