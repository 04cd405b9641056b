"""Song requests: one row for each redemption, from the pasted link to its end."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from ulid import ULID


def new_song_id() -> str:
    return f"song_{ULID()}"


class SongRequestQuerySet(models.QuerySet["SongRequest"]):
    def open(self) -> SongRequestQuerySet:
        """Requests that have a place in the queue or are playing."""
        return self.filter(status__in=SongRequest.OPEN)

    def waiting(self) -> SongRequestQuerySet:
        """Requests that have not begun to play, in the order of their places."""
        return self.filter(status__in=SongRequest.WAITING).order_by("lined_up_at", "id")

    def going(self) -> SongRequestQuerySet:
        """Requests that have not ended: those of `open`, and what is still being looked up."""
        return self.exclude(status__in=SongRequest.ENDS)

    def heard(self) -> SongRequestQuerySet:
        """Requests that were played."""
        return self.filter(status=SongRequest.Status.PLAYED)


class SongRequest(models.Model):
    """The way of one request; every end has its status, its code and its time.

    A request has a place from LINED_UP on, and is in the player's own queue from QUEUED on: a mode
    that keeps the queue here and hands the player only the next track would leave it LINED_UP for
    longer, and nothing else would change.
    """

    class Status(models.TextChoices):
        NEW = "new", "being checked"
        LINED_UP = "lined_up", "has a place"
        QUEUED = "queued", "in the player's queue"
        PLAYING = "playing", "playing"
        PLAYED = "played", "played"
        SKIPPED = "skipped", "skipped"
        REMOVED = "removed", "removed"
        LOST = "lost", "lost"
        REFUSED = "refused", "refused"

    WAITING = (Status.LINED_UP, Status.QUEUED)
    OPEN = (*WAITING, Status.PLAYING)
    ENDS = (Status.PLAYED, Status.SKIPPED, Status.REMOVED, Status.LOST, Status.REFUSED)

    id = models.CharField(primary_key=True, max_length=40, default=new_song_id, editable=False)
    redemption = models.OneToOneField(
        "twitch.Redemption", on_delete=models.PROTECT, related_name="song_request"
    )
    viewer = models.ForeignKey(
        "twitch.Viewer", on_delete=models.PROTECT, related_name="song_requests"
    )
    track = models.ForeignKey(
        "spotify.Track", null=True, blank=True, on_delete=models.PROTECT, related_name="requests"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    code = models.CharField(
        max_length=40, blank=True, help_text="Why it ended as it did: too_long, skipped_by_hand …"
    )
    created_at = models.DateTimeField(db_default=Now())
    lined_up_at = models.DateTimeField(null=True, blank=True, help_text="Decides its place.")
    queued_at = models.DateTimeField(
        null=True, blank=True, help_text="When the player took it into its queue."
    )
    seen_at = models.DateTimeField(
        null=True, blank=True, help_text="When the player's queue last showed it."
    )
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    place_told = models.PositiveIntegerField(null=True, blank=True)
    seconds_told = models.PositiveIntegerField(
        null=True, blank=True, help_text="How long until it plays, as the viewer was told."
    )

    objects = SongRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=["played", "skipped", "removed", "lost", "refused"],
                    ended_at__isnull=False,
                )
                | Q(status__in=["new", "lined_up", "queued", "playing"], ended_at=None, code=""),
                name="song_ends_with_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["new", "refused", "removed", "lost"])
                | Q(track__isnull=False, lined_up_at__isnull=False),
                name="song_in_the_queue_has_a_track",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["removed", "lost", "refused"]) | ~Q(code=""),
                name="song_not_played_has_a_reason",
            ),
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="playing"), name="one_song_plays"
            ),
        ]
        indexes = [
            models.Index(fields=["-ended_at", "-id"], name="song_history"),
            models.Index(
                fields=["lined_up_at", "id"],
                condition=Q(status__in=["lined_up", "queued", "playing"]),
                name="song_open",
            ),
            models.Index(fields=["viewer", "-created_at"], name="song_viewer"),
            models.Index(fields=["track", "-ended_at"], name="song_track"),
        ]

    def __str__(self) -> str:
        return f"{self.track.line if self.track else 'a song'} for {self.viewer}"
