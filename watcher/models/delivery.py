"""Deliveries: one post for each watch and stream, and every attempt at it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from ulid import ULID

from watcher.models.stream import WatchedStream
from watcher.models.target import Target
from watcher.models.watch import Watch


def new_delivery_id() -> str:
    return f"delivery_{ULID()}"


class Delivery(models.Model):
    """The post about one stream for one watch, from due to closed; the subject of its saga."""

    class Status(models.TextChoices):
        DUE = "due", "to be posted"
        POSTED = "posted", "posted"
        CLOSED = "closed", "posted, and closed with the stream"
        DROPPED = "dropped", "not posted"
        FAILED = "failed", "failed"

    class Dropped(models.TextChoices):
        ENDED = "ended", "the stream had ended meanwhile"
        SWITCHED_OFF = "switched_off", "the watch was switched off or changed"
        NO_MATCH = "no_match", "the stream did not fit the watch any more"
        TARGET_DISABLED = "target_disabled", "the webhook does not work any more"
        REFUSED = "refused", "Discord refused the post"
        GAVE_UP = "gave_up", "Discord could not be reached"
        UNSURE = "unsure", "Discord did not say whether it was posted, twice"

    NOT_POSTED = (Status.DROPPED, Status.FAILED)
    OVER = (*NOT_POSTED, Status.CLOSED)

    id = models.CharField(primary_key=True, max_length=40, default=new_delivery_id, editable=False)
    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="deliveries")
    # The log outlives the watch.
    watch = models.ForeignKey(
        Watch, null=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    # None for a test.
    stream = models.ForeignKey(
        WatchedStream, null=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    is_test = models.BooleanField(default=False)
    # Another try at one that was not posted.
    resend_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="resends"
    )
    status = models.CharField(max_length=7, choices=Status, default=Status.DUE)
    # Of one that was dropped or failed.
    why = models.CharField(max_length=20, choices=Dropped, blank=True, default="")
    message_id = models.CharField(max_length=32, blank=True, default="")
    # What was sent last.
    payload: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    shown_version = models.PositiveIntegerField(default=0)
    # How many posts may be in the channel: those that were sent, less those that surely failed.
    sent = models.PositiveSmallIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField()
    # Since when it is in line at its webhook, where whoever was due first posts first.
    lined_up_at = models.DateTimeField(null=True, blank=True)
    posted_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["watch", "stream"],
                condition=Q(is_test=False, resend_of=None),
                name="one_delivery_per_watch_and_stream",
            ),
        ]
        indexes = [
            models.Index(fields=["target", "-created_at"], name="delivery_of_target"),
            models.Index(
                fields=["target", "due_at"],
                condition=Q(status="due"),
                name="delivery_in_line",
            ),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def may_be_twice(self) -> bool:
        """Whether an answer was lost and it was sent again."""
        return self.sent > 1

    @property
    def is_by_hand(self) -> bool:
        """Whether a person asked for it, so that no filter stands before it."""
        return self.is_test or self.resend_of_id is not None


class Attempt(models.Model):
    """One request to Discord, and what came of it."""

    class Verb(models.TextChoices):
        POST = "post", "post"
        EDIT = "edit", "edit"
        DELETE = "delete", "delete"
        LOOK = "look", "look whether Discord is there"

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    verb = models.CharField(max_length=6, choices=Verb)
    at = models.DateTimeField()
    # HTTP's, 0 when no answer came.
    status = models.PositiveSmallIntegerField()
    milliseconds = models.PositiveIntegerField()
    # Discord's own error code and message, or what went wrong on the way; never a secret.
    code = models.PositiveIntegerField(null=True, blank=True)
    message = models.CharField(max_length=200, blank=True, default="")
    retry_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["delivery"], name="attempt_of_delivery")]
