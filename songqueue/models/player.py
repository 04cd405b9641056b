"""What the player showed when it was last read, and what was heard."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Board(models.Model):
    """The one row that says how the player stood when it was read, and when it is read next.

    `seq` numbers what pages are told. Whoever changes any of the player's tables holds this row.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    next_read_at = models.DateTimeField(null=True, help_text="Empty: not until something happens.")
    is_playing = models.BooleanField(default=False)
    progress_ms = models.PositiveIntegerField(default=0)
    device_name = models.CharField(max_length=200, blank=True)
    idle_since = models.DateTimeField(null=True, help_text="Empty while something plays.")
    queue_read_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=40, blank=True, help_text="Why it could not be read.")
    problem_since = models.DateTimeField(null=True)
    told = models.CharField(max_length=64, blank=True, help_text="A digest of what pages know.")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_board")]


class Play(models.Model):
    """Something that was heard: a request, or what the player chose by itself."""

    class Outcome(models.TextChoices):
        PLAYED = "played", "played"
        SKIPPED = "skipped", "skipped"

    kind = models.CharField(max_length=10, help_text="track, episode, local, ad or unknown.")
    track = models.ForeignKey(
        "spotify.Track", null=True, blank=True, on_delete=models.PROTECT, related_name="plays"
    )
    title = models.CharField(max_length=512, blank=True)
    request = models.OneToOneField(
        "songqueue.SongRequest",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="play",
    )
    duration_ms = models.PositiveIntegerField(default=0)
    heard_ms = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Empty: it is the current.")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    told_to_skip_at = models.DateTimeField(
        null=True, blank=True, help_text="When the player was told to pass over a removed request."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["outcome"], condition=Q(ended_at=None), name="one_play_is_current"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="") | Q(ended_at__isnull=False),
                name="play_ends_with_an_outcome",
            ),
        ]
        indexes = [models.Index(fields=["-started_at"], name="play_recent")]


class Upcoming(models.Model):
    """One item of the player's queue, in the player's order, as it was last read."""

    position = models.PositiveSmallIntegerField(primary_key=True)
    kind = models.CharField(max_length=10)
    track = models.ForeignKey(
        "spotify.Track", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(max_length=512, blank=True)
    duration_ms = models.PositiveIntegerField(default=0)
    request = models.OneToOneField(
        "songqueue.SongRequest",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="upcoming",
    )
