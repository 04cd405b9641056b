"""Watches: which streamer or game is news for which target, and how it is told."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from ulid import ULID

from watcher.models.target import Target
from watcher.rules.languages import LANGUAGES


def new_watch_id() -> str:
    return f"watch_{ULID()}"


class WatchQuerySet(models.QuerySet["Watch"]):
    def working(self) -> WatchQuerySet:
        """Watches that are switched on, of targets that can be posted to."""
        return self.filter(is_active=True, target__disabled_at=None)


class Watch(models.Model):
    """One streamer or game that is watched for one target."""

    class Kind(models.TextChoices):
        STREAMER = "streamer", "streamer"
        GAME = "game", "game"

    class Mention(models.TextChoices):
        NONE = "none", "nobody"
        HERE = "here", "@here"
        EVERYONE = "everyone", "@everyone"
        ROLE = "role", "a role"

    class EndAction(models.TextChoices):
        NOTHING = "nothing", "leave the post as it is"
        EDIT = "edit", "change it to “ended”, with duration and peak"
        DELETE = "delete", "delete the post"

    id = models.CharField(primary_key=True, max_length=40, default=new_watch_id, editable=False)
    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="watches")
    kind = models.CharField(max_length=8, choices=Kind)
    # Twitch's id of the streamer or of the category, and how it was called last.
    watched_id = models.CharField(max_length=32)
    watched_login = models.CharField(max_length=64, blank=True, default="", db_default="")
    watched_name = models.CharField(max_length=128)
    image_url = models.CharField(max_length=300, blank=True, default="", db_default="")

    # Filters; empty: everything passes.
    languages: models.Field[list[str], list[str]] = ArrayField(
        models.CharField(max_length=8), default=list, blank=True
    )
    title_includes: models.Field[list[str], list[str]] = ArrayField(
        models.CharField(max_length=50), default=list, blank=True
    )
    title_excludes: models.Field[list[str], list[str]] = ArrayField(
        models.CharField(max_length=50), default=list, blank=True
    )
    least_viewers = models.PositiveIntegerField(default=0)
    least_minutes = models.PositiveSmallIntegerField(
        default=0, help_text="Post when the stream has been live for so many minutes."
    )

    mention = models.CharField(max_length=8, choices=Mention, default=Mention.NONE)
    role_id = models.CharField(max_length=32, blank=True, default="", db_default="")
    # What stands above the card, with placeholders; "" for the usual line.
    template = models.CharField(max_length=500, blank=True, default="", db_default="")
    end_action = models.CharField(max_length=7, choices=EndAction, default=EndAction.EDIT)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    # From when on it is news: set anew when it is switched on again.
    active_since = models.DateTimeField(db_default=Now())

    objects = WatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target", "kind", "watched_id"], name="one_watch_per_target_and_thing"
            ),
            models.CheckConstraint(
                condition=Q(mention="role") & ~Q(role_id="") | ~Q(mention="role") & Q(role_id=""),
                name="a_role_is_mentioned_by_id",
            ),
        ]
        indexes = [models.Index(fields=["kind", "watched_id"], name="watch_of_thing")]

    def __str__(self) -> str:
        return self.watched_name

    @property
    def has_filters(self) -> bool:
        return bool(self.filters_in_words)

    @property
    def filters_in_words(self) -> str:
        """Which streams are told of, in words; "" for all."""
        parts = [
            f"in {', '.join(LANGUAGES.get(code, code) for code in self.languages)}"
            if self.languages
            else "",
            f"title with {' or '.join(self.title_includes)}" if self.title_includes else "",
            f"title without {', '.join(self.title_excludes)}" if self.title_excludes else "",
            f"{self.least_viewers:,} viewers or more" if self.least_viewers else "",
            f"live for {self.least_minutes} min" if self.least_minutes else "",
        ]
        return "; ".join(filter(None, parts))
