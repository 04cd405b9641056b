"""People of the channel, known by their Twitch id; names are only how they are called today."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Viewer(models.Model):
    id = models.CharField(primary_key=True, max_length=32, help_text="Twitch's user id.")
    login = models.CharField(max_length=64, db_index=True)
    display_name = models.CharField(max_length=128)
    first_seen_at = models.DateTimeField(db_default=Now())
    named_at = models.DateTimeField(
        db_default=Now(), help_text="When these names were true: an older event does not rename."
    )

    def __str__(self) -> str:
        return self.display_name or self.login
