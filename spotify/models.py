"""What is remembered of Spotify: its tracks, our calls, and why not to call it now."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Now

# Spotify counts over a rolling day, and so do we.
WINDOW = timedelta(hours=24)
# A count over the window must not notice that old rows go.
KEPT = WINDOW + timedelta(hours=1)


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


class CallQuerySet(models.QuerySet["Call"]):
    def counting(self, now: datetime) -> CallQuerySet:
        """Calls that count against the budget at that time."""
        return self.filter(at__gt=now - WINDOW)

    def falls_below(self, number: int, now: datetime) -> datetime:
        """Return when fewer than `number` calls count, unless more are made."""
        nth = self.counting(now).order_by("-at")[max(number, 1) - 1 : max(number, 1)].first()
        return nth.at + WINDOW if nth else now


class Call(models.Model):
    """One call of Spotify's Web API; each counts for a day, whatever came of it."""

    name = models.CharField(max_length=60, help_text="Method and path, without ids.")
    is_urgent = models.BooleanField(help_text="It could use the reserve for song requests.")
    status = models.PositiveSmallIntegerField(
        default=0, help_text="Spotify's answer; 0 when none came."
    )
    at = models.DateTimeField(db_index=True)

    objects = CallQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Breaker(models.Model):
    """The one row that says why Spotify is not to be asked now, or cannot do what we ask.

    Until `open_until` nothing is called. `player_code` is what stood in the way when the player
    was last asked for something; empty when nothing did. Who counts a call holds this row.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    open_until = models.DateTimeField(null=True)
    code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(null=True)
    player_code = models.CharField(max_length=40, blank=True)
    player_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_spotify_breaker")]

    @staticmethod
    def held() -> Breaker:
        """Return the row, locked until the transaction ends; it is made when it is missing."""
        Breaker.objects.bulk_create([Breaker()], ignore_conflicts=True)
        return Breaker.objects.select_for_update().get()

    @staticmethod
    def seen() -> Breaker:
        return Breaker.objects.first() or Breaker()

    def is_open(self, now: datetime) -> bool:
        return self.open_until is not None and self.open_until > now
