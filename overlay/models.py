"""Who may watch the overlay, and what it is to show now."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now

# Longer than the time after which a page that lives has been seen again.
FRESH = timedelta(seconds=90)


def new_key() -> str:
    return secrets.token_urlsafe(9)


class OverlayTokenQuerySet(models.QuerySet["OverlayToken"]):
    def valid(self) -> OverlayTokenQuerySet:
        return self.filter(revoked_at=None)


class OverlayToken(models.Model):
    """A right to watch the overlay, and to do nothing else.

    The token itself is stored nowhere: it is the key, signed with SECRET_KEY.
    """

    name = models.CharField(max_length=100, help_text="Where it is used, as “Main scene in OBS”.")
    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_seen_at = models.DateTimeField(null=True, editable=False)
    is_on_air = models.BooleanField(
        null=True, editable=False, help_text="Whether viewers see it, says OBS."
    )
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = OverlayTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "overlay address"
        verbose_name_plural = "overlay addresses"

    def __str__(self) -> str:
        return self.name

    @property
    def group(self) -> str:
        """The push group of the sockets that were opened with it."""
        return f"overlay.token.{self.pk}"

    def is_connected(self, now: datetime) -> bool:
        return self.last_seen_at is not None and now - self.last_seen_at < FRESH

    def state(self, now: datetime) -> str:
        """Return in words how it is used now."""
        if self.revoked_at:
            return "revoked"
        if not self.is_connected(now):
            return "away" if self.last_seen_at else "never used"
        return "on air" if self.is_on_air else "connected"


class OverlayPageQuerySet(models.QuerySet["OverlayPage"]):
    def present(self, now: datetime) -> OverlayPageQuerySet:
        """Return the pages that were seen a moment ago."""
        return self.filter(seen_at__gt=now - FRESH)


class OverlayPage(models.Model):
    """A page that is connected now; its row goes when its socket does."""

    token = models.ForeignKey(OverlayToken, on_delete=models.CASCADE, related_name="pages")
    key = models.CharField(
        max_length=40, blank=True, help_text="What the page calls itself, on each of its sockets."
    )
    since = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    is_on_air = models.BooleanField(null=True, help_text="Whether viewers see it, says OBS.")
    is_visible = models.BooleanField(
        null=True, help_text="Whether OBS shows it anywhere, as in a preview."
    )
    version = models.CharField(max_length=12, blank=True)
    last_cue = models.CharField(
        max_length=40, blank=True, help_text="The kind that it showed last."
    )
    last_cue_seq = models.BigIntegerField(null=True)
    last_cue_at = models.DateTimeField(null=True)

    objects = OverlayPageQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.token_id}: {self.version}"


class Counter(models.Model):
    """The one row that numbers the cues: whoever writes one holds it until the commit.

    So numbers have no gaps and become visible in their order.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_counter"),
        ]


class CueQuerySet(models.QuerySet["Cue"]):
    def current(self, now: datetime) -> CueQuerySet:
        """Return what a page that comes now may still show, oldest first."""
        return self.filter(expires_at__gt=now).order_by("seq")


class Cue(models.Model):
    """Something that the overlay shows once."""

    seq = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=40)
    payload = models.JSONField(encoder=DjangoJSONEncoder)
    at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    objects = CueQuerySet.as_manager()

    def as_message(self, now: datetime) -> dict[str, object]:
        """Return it as pages read it; `expires_in` is in seconds, since clocks differ."""
        return {
            "seq": self.seq,
            "kind": self.kind,
            "payload": self.payload,
            "expires_in": round((self.expires_at - now).total_seconds(), 1),
        }
