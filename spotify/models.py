"""What is remembered of Spotify: its tracks."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Track(models.Model):
    """A track of the catalogue, by Spotify's id; kept for good, since it does not change."""

    id = models.CharField(primary_key=True, max_length=22)
    name = models.CharField(max_length=512)
    artists: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    artist_ids: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    album = models.CharField(max_length=512, blank=True)
    cover_url = models.CharField(max_length=2048, blank=True)
    duration_ms = models.PositiveIntegerField(default=0)
    is_explicit = models.BooleanField(default=False)
    isrc = models.CharField(max_length=16, blank=True)
    fetched_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.line

    @property
    def url(self) -> str:
        return f"https://open.spotify.com/track/{self.id}"

    @property
    def line(self) -> str:
        """Title and artists, as people write them."""
        return f"{self.name} – {', '.join(self.artists)}" if self.artists else self.name
