"""Streams as the poller sees them, and how far it is."""

from __future__ import annotations

from django.db import models


class WatchedStreamQuerySet(models.QuerySet["WatchedStream"]):
    def live(self) -> WatchedStreamQuerySet:
        return self.filter(ended_at=None)


class WatchedStream(models.Model):
    """A stream that some watch is about, by Twitch's stream id: one row, however it flickers."""

    id = models.CharField(primary_key=True, max_length=32)
    streamer_id = models.CharField(max_length=32)
    streamer_login = models.CharField(max_length=64)
    streamer_name = models.CharField(max_length=128)
    title = models.CharField(max_length=300, blank=True)
    game_id = models.CharField(max_length=32, blank=True)
    game_name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, blank=True)
    thumbnail_url = models.CharField(max_length=300, blank=True)
    viewers = models.PositiveIntegerField(default=0)
    peak_viewers = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    first_seen_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    # Polls in a row that asked for it and did not see it.
    misses = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Grows when title or game change.
    version = models.PositiveIntegerField(default=1)

    objects = WatchedStreamQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["streamer_id"],
                condition=models.Q(ended_at=None),
                name="watched_stream_live",
            )
        ]

    def __str__(self) -> str:
        return f"{self.streamer_name} {self.id}"


class Poll(models.Model):
    """The one row of the poller: who polls now, and how the last rounds went."""

    id = models.SmallIntegerField(primary_key=True, default=1)

    class Stage(models.TextChoices):
        GAMES = "games", "asking who streams the games"
        STREAMERS = "streamers", "asking for the streamers"
        STRAYS = "strays", "asking for live streams that nothing else asks for"
        DONE = "done", "done"

    owner = models.CharField(max_length=200, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    # The round: when it began, how far it is, and when it was done.
    began_at = models.DateTimeField(null=True)
    stage = models.CharField(max_length=9, choices=Stage, default=Stage.DONE)
    after = models.CharField(
        max_length=32, blank=True, default="", help_text="The id in this stage asked for last."
    )
    errands = models.PositiveIntegerField(default=0)
    errands_done = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    # Watches that are active since then have not been asked for yet.
    greeted_at = models.DateTimeField(null=True)
    calls = models.PositiveIntegerField(default=0)
    watched = models.PositiveIntegerField(default=0)
    live = models.PositiveIntegerField(default=0)
    # What went wrong in this round, "" if nothing did.
    trouble = models.CharField(max_length=200, blank=True, default="")
    rests_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_poller"),
        ]
