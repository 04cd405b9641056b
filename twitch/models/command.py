"""Chat commands: what each answers, who may use it, and the uses that were answered."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from twitch.models.viewer import Viewer

NAME = r"^[a-z0-9-]{1,50}\Z"
LONGEST_COOLDOWN = 86_400

_name = RegexValidator(NAME, "1 to 50 of a-z, 0-9 and -.", code="invalid_name")
_cooldown = MaxValueValidator(LONGEST_COOLDOWN)


class Permission(models.IntegerChoices):
    """A rank in chat; whoever has it may do what lower ranks may."""

    EVERYONE = 0, "everyone"
    VIP = 1, "VIPs"
    MODERATOR = 2, "moderators"
    BROADCASTER = 3, "the broadcaster"

    @classmethod
    def of(cls, badges: Iterable[str]) -> Permission:
        """Return the rank of somebody who wears chat badges of these sets."""
        return max((_RANKS.get(badge, cls.EVERYONE) for badge in badges), default=cls.EVERYONE)


_RANKS = {
    "vip": Permission.VIP,
    "moderator": Permission.MODERATOR,
    "lead_moderator": Permission.MODERATOR,
    "broadcaster": Permission.BROADCASTER,
}


class CommandQuerySet(models.QuerySet["Command"]):
    def called(self, word: str) -> CommandQuerySet:
        """The enabled command with this name or alias, if there is one."""
        return self.filter(names__name=word, is_enabled=True)


class Command(models.Model):
    """A chat command; for one that code computes, the row holds what the streamer changed."""

    class Kind(models.TextChoices):
        TEXT = "text", "Text"
        VALUE = "value", "Text with a value that chat may update"
        COMPUTED = "computed", "Computed by Greenroom"

    name = models.CharField(max_length=50, unique=True, validators=[_name])
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TEXT)
    handler = models.CharField(
        max_length=50, blank=True, editable=False, help_text="The code of a computed command."
    )
    description = models.CharField(
        max_length=200, blank=True, help_text="What the page of commands says about it."
    )
    template = models.CharField(max_length=500, blank=True, help_text="What is answered.")
    value = models.CharField(
        max_length=500, blank=True, help_text="Stands for {value}; without one nothing is answered."
    )
    write_permission = models.PositiveSmallIntegerField(
        choices=Permission,
        default=Permission.MODERATOR,
        help_text="Who may change the value in chat by !update.",
    )
    permission = models.PositiveSmallIntegerField(
        choices=Permission, default=Permission.EVERYONE, help_text="Who may use it."
    )
    cooldown_seconds = models.PositiveIntegerField(
        default=0, validators=[_cooldown], help_text="For everybody; 0 is none."
    )
    viewer_cooldown_seconds = models.PositiveIntegerField(
        default=0, validators=[_cooldown], help_text="For the same viewer; 0 is none."
    )
    only_live = models.BooleanField(default=False, help_text="Silent while the stream is off.")
    is_enabled = models.BooleanField(default=True)
    count = models.PositiveBigIntegerField(default=0, help_text="How often it was used: {count}.")
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = CommandQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="computed", template="", value="") & ~Q(handler="")
                | Q(kind__in=["text", "value"], handler="") & ~Q(template=""),
                name="a_command_has_a_text_or_code",
            ),
            models.UniqueConstraint(
                fields=["handler"], condition=~Q(handler=""), name="code_has_one_command"
            ),
        ]

    def __str__(self) -> str:
        return f"!{self.name}"

    @property
    def aliases(self) -> list[str]:
        """Its other names, in the order of the alphabet."""
        return sorted(word.name for word in self.names.all() if word.name != self.name)


class CommandName(models.Model):
    """A word that calls a command, be it the command's name or an alias: only one has it."""

    name = models.CharField(primary_key=True, max_length=50, validators=[_name])
    command = models.ForeignKey(Command, on_delete=models.CASCADE, related_name="names")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(name__regex=NAME), name="command_name_is_typeable")
        ]

    def __str__(self) -> str:
        return self.name


class CommandUse(models.Model):
    """A command that somebody used, by the id of the chat message, and what became of the answer.

    Only what is answered has a row; chat that is no command, or that stays silent, has none.
    """

    class Status(models.TextChoices):
        SILENT = "silent", "nothing to say"
        SENDING = "sending"
        SENT = "sent"
        DROPPED = "dropped", "not sent"
        UNSURE = "unsure"

    message_id = models.CharField(primary_key=True, max_length=64)
    command = models.ForeignKey(Command, null=True, on_delete=models.SET_NULL, related_name="uses")
    name = models.CharField(max_length=50, help_text="As it was typed.")
    viewer = models.ForeignKey(Viewer, on_delete=models.PROTECT, related_name="command_uses")
    used_at = models.DateTimeField()
    reply = models.CharField(max_length=500, blank=True)
    reply_id = models.CharField(max_length=64, blank=True, help_text="Twitch's id of the answer.")
    status = models.CharField(max_length=8, choices=Status)
    problem_code = models.CharField(max_length=60, blank=True, help_text="Twitch's own word.")
    problem = models.CharField(max_length=500, blank=True, help_text="Why it was not sent.")

    class Meta:
        indexes = [
            models.Index(fields=["command", "viewer", "-used_at"], name="use_by_viewer"),
            models.Index(fields=["-used_at"], name="use_recent"),
        ]

    def __str__(self) -> str:
        return f"!{self.name} {self.message_id}"
