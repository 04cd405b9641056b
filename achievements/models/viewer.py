"""Viewers who do not want to be shown."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class HiddenViewer(models.Model):
    """Counted like everybody, and shown to nobody: no page, no line in a list, no announcement."""

    viewer = models.OneToOneField(
        "twitch.Viewer",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="hidden_from_achievements",
    )
    hidden_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return str(self.viewer)
