"""What the streamer and the moderators decide: the rules, what is blocked, who did what and why."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, Upper


class SongRules(models.Model):
    """The one row of rules; 0 switches a limit off."""

    class Fulfil(models.TextChoices):
        QUEUED = "queued", "when the song is in the queue"
        PLAYED = "played", "when the song was played"

    class Who(models.TextChoices):
        EVERYONE = "everyone", "everyone"
        SUBSCRIBERS = "subscribers", "subscribers, VIPs and moderators"
        VIPS = "vips", "VIPs and moderators"
        MODERATORS = "moderators", "moderators"

    id = models.SmallIntegerField(primary_key=True, default=1)
    fulfil = models.CharField(
        max_length=10,
        choices=Fulfil,
        default=Fulfil.QUEUED,
        help_text="When the points are spent. Songs that were skipped, removed or lost before"
        " that are refunded.",
    )
    who = models.CharField(max_length=12, choices=Who, default=Who.EVERYONE)
    only_while_live = models.BooleanField(default=True)
    is_paused = models.BooleanField(default=False, help_text="No requests for now, by hand.")
    longest_seconds = models.PositiveIntegerField(
        default=600, validators=[MaxValueValidator(86_400)], help_text="Of a track."
    )
    explicit_allowed = models.BooleanField(default=True)
    repeat_minutes = models.PositiveIntegerField(
        default=30,
        validators=[MaxValueValidator(10_080)],
        help_text="A track that is queued, or was played so recently, is not taken again.",
    )
    open_per_viewer = models.PositiveIntegerField(
        default=3, help_text="Songs that one viewer may have in the queue."
    )
    in_a_row_per_viewer = models.PositiveIntegerField(
        default=0, help_text="Songs of one viewer one after another, while others wait."
    )
    queue_length = models.PositiveIntegerField(
        default=30, validators=[MinValueValidator(0), MaxValueValidator(500)]
    )

    class Meta:
        verbose_name = "song rules"
        verbose_name_plural = "song rules"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_set_of_song_rules")]

    def __str__(self) -> str:
        return "Song rules"


class Block(models.Model):
    """A track, artist, viewer or word that is not wanted; for one, or for all who ask."""

    class Kind(models.TextChoices):
        TRACK = "track", "track"
        ARTIST = "artist", "artist"
        VIEWER = "viewer", "viewer"
        WORD = "word", "word in a title or an artist's name"

    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField(
        max_length=200, help_text="Spotify's id of a track or artist, Twitch's of a viewer, a word."
    )
    label = models.CharField(max_length=512, blank=True, help_text="What people call it.")
    reason = models.CharField(max_length=200, blank=True)
    made_by = models.CharField(max_length=150, blank=True)
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "kind",
                models.Case(
                    models.When(kind="word", then=Upper("value")), default=models.F("value")
                ),
                name="blocked_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.label or self.value}"


class Decision(models.Model):
    """What a person (or a rule of ours) did to the queue: who, what, to which request, and why."""

    class Verb(models.TextChoices):
        SKIP = "skip", "skipped"
        REMOVE = "remove", "removed"
        WITHDRAW = "withdraw", "withdrew"
        BLOCK = "block", "blocked"
        UNBLOCK = "unblock", "unblocked"
        PAUSE = "pause", "paused requests"
        RESUME = "resume", "resumed requests"

    class Via(models.TextChoices):
        CHAT = "chat", "chat"
        ADMIN = "admin", "admin"
        API = "api", "API"
        OURSELVES = "ourselves", "Greenroom"

    verb = models.CharField(max_length=10, choices=Verb)
    request = models.ForeignKey(
        "songqueue.SongRequest",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decisions",
    )
    what = models.CharField(max_length=600, blank=True, help_text="The song, or what was blocked.")
    why = models.CharField(max_length=200, blank=True)
    via = models.CharField(max_length=10, choices=Via)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=150)
    message_id = models.CharField(
        max_length=64, blank=True, help_text="The chat message that asked for it."
    )
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message_id"], condition=~Q(message_id=""), name="one_decision_per_message"
            )
        ]
        indexes = [models.Index(fields=["-at"], name="decision_recent")]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.get_verb_display()} {self.what}".rstrip()
