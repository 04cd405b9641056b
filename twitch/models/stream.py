"""Stream sessions: how long the channel was live, what it was called, and how many watched."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Avg, F, Max, OuterRef, Q, Subquery
from django.db.models.lookups import IsNull
from ulid import ULID

from twitch.rules.streams import Past, Session


def new_session_id() -> str:
    return f"stream_{ULID()}"


class Channel(models.Model):
    """The one row of what Twitch last said about the channel.

    Whoever changes a session holds it until the commit, so changes come one after the other and
    `seq` numbers them in their order.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    title = models.CharField(max_length=200, blank=True)
    category_id = models.CharField(max_length=64, blank=True)
    category_name = models.CharField(max_length=200, blank=True)
    described_at = models.DateTimeField(
        null=True, blank=True, help_text="When Twitch said the title and the category."
    )
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When Twitch was last asked about the stream."
    )
    answered_at = models.DateTimeField(
        null=True, blank=True, help_text="When that was asked which Twitch last answered."
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_channel")]


class StreamSessionQuerySet(models.QuerySet["StreamSession"]):
    def open(self) -> StreamSessionQuerySet:
        """The session that is live, or off air for less than the grace time; at most one."""
        return self.filter(ended_at=None)

    def ended(self) -> StreamSessionQuerySet:
        return self.filter(ended_at__isnull=False)

    def with_viewers(self) -> models.QuerySet[Any]:
        """Add `peak_viewers` and `average_viewers`, None where nobody counted."""
        counts = ViewerCount.objects.filter(session=OuterRef("pk")).order_by().values("session")
        return self.annotate(
            peak_viewers=Subquery(counts.annotate(peak=Max("viewers")).values("peak")),
            average_viewers=Subquery(counts.annotate(mean=Avg("viewers")).values("mean")),
        )


class StreamSession(models.Model):
    """One show, from going live to the end, over short breaks."""

    id = models.CharField(primary_key=True, max_length=40, default=new_session_id, editable=False)
    stream_ids = ArrayField(
        models.CharField(max_length=64),
        help_text="Twitch's ids of the streams it consists of: more than one after a break.",
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was live for the last time."
    )
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was clear that it had ended."
    )
    newest_started_at = models.DateTimeField(help_text="When its newest stream started.")
    live_at = models.DateTimeField(help_text="Known to have been live then.")
    told_at = models.DateTimeField(
        null=True, blank=True, help_text="When Twitch sent the newest event about it."
    )
    off_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when it is off air, as an event told."
    )
    unlisted_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when Twitch, asked, does not list it."
    )

    objects = StreamSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                IsNull(F("ended_at"), True), condition=Q(ended_at=None), name="one_open_session"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, closed_at=None)
                | Q(ended_at__gte=F("started_at"), closed_at__isnull=False),
                name="session_ends_after_its_start",
            ),
        ]
        indexes = [models.Index(fields=["-started_at", "-id"], name="stream_session_recent")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"

    @property
    def stream_id(self) -> str:
        """Twitch's id of the stream with which it began."""
        return str(self.stream_ids[0])

    @property
    def is_off_air(self) -> bool:
        """Tell whether it seems to be over, and only the grace time keeps it open."""
        return bool(self.off_since or self.unlisted_since)

    @property
    def as_open(self) -> Session:
        """The open session, as the rules see it."""
        return Session(
            stream_ids=tuple(self.stream_ids),
            started_at=self.started_at,
            newest_started_at=self.newest_started_at,
            live_at=self.live_at,
            told_at=self.told_at,
            off_since=self.off_since,
            unlisted_since=self.unlisted_since,
        )

    @property
    def as_past(self) -> Past | None:
        """The ended session, as the rules see it; None while it is open."""
        if self.ended_at is None or self.closed_at is None:
            return None
        return Past(tuple(self.stream_ids), self.started_at, self.ended_at, self.closed_at)

    def take(self, session: Session) -> None:
        """Set the columns to what the rules decided."""
        self.stream_ids = list(session.stream_ids)
        self.started_at = session.started_at
        self.newest_started_at = session.newest_started_at
        self.live_at = session.live_at
        self.told_at = session.told_at
        self.off_since = session.off_since
        self.unlisted_since = session.unlisted_since


class ViewerCount(models.Model):
    """How many watched at one moment."""

    session = models.ForeignKey(
        StreamSession, on_delete=models.CASCADE, related_name="viewer_counts"
    )
    at = models.DateTimeField()
    viewers = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "at"], name="one_count_at_a_time")
        ]
        indexes = [models.Index(fields=["at"], name="viewer_count_time")]


class Chapter(models.Model):
    """A part of a session under one title and category; it lasts until the next, or the end."""

    session = models.ForeignKey(StreamSession, on_delete=models.CASCADE, related_name="chapters")
    started_at = models.DateTimeField()
    title = models.CharField(max_length=200, blank=True)
    category_id = models.CharField(max_length=64, blank=True)
    category_name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["started_at", "id"]

    def __str__(self) -> str:
        return self.title
