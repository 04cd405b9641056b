"""What people do to the ledger: who, what, and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from ulid import ULID


def new_decision_id() -> str:
    return f"decision_{ULID()}"


class Decision(models.Model):
    """The cause of entries that a person made."""

    class Verb(models.TextChoices):
        GRANT = "grant", "gave or took points"
        REVERSE = "reverse", "reversed entries"
        IMPORT = "import", "imported balances"

    id = models.CharField(primary_key=True, max_length=40, default=new_decision_id, editable=False)
    verb = models.CharField(max_length=8, choices=Verb)
    viewer = models.ForeignKey(
        "twitch.Viewer",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    amount = models.BigIntegerField(null=True, blank=True)
    why = models.CharField(max_length=150)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=150)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["-at"], name="points_decision_recent")]
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="points_decision_says_why"),
            models.CheckConstraint(
                condition=~Q(verb="grant")
                | Q(viewer__isnull=False, amount__gt=0)
                | Q(viewer__isnull=False, amount__lt=0),
                name="points_grant_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.get_verb_display()}: {self.why}"
