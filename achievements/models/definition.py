"""What there is to earn: rows that the streamer edits."""

from __future__ import annotations

from typing import Any, cast

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from achievements.rules import Counter, Rule, Scope

KEY = r"^[a-z0-9_]{1,50}\Z"


class DefinitionQuerySet(models.QuerySet["Definition"]):
    def counting(self) -> DefinitionQuerySet:
        """Those that new facts are counted for."""
        return self.filter(enabled=True, applied_at__isnull=False)

    def shown(self) -> DefinitionQuerySet:
        """Those that viewers see, in the order in which they see them."""
        return self.counting().order_by("position", "key")


class Definition(models.Model):
    """An achievement. Its rule counts from `applied_at` on: a changed one waits to be applied."""

    class Counting(models.TextChoices):
        COUNT = "count", "count: so many facts"
        STREAK = "streak", "streak: so many in a row that meet the condition"
        FIRST = "first_of_session", "first of the session: by anybody"
        THRESHOLD = "threshold", "threshold: one fact that measures so much"
        RECORD = "record", "record: the best of all, until somebody is better"

    class Scope(models.TextChoices):
        CUMULATIVE = "cumulative", "all time"
        SESSION = "session", "each stream anew"

    # What counting depends on: when one of these changes, the history is counted again.
    RULE = ("fact", "condition", "counter", "measure", "lowest_is_best", "threshold", "scope")

    key = models.CharField(
        primary_key=True,
        max_length=50,
        validators=[RegexValidator(KEY, "Only a-z, 0-9 and _ may stand in a key.")],
        help_text="Never changes: programs know the achievement by it.",
    )
    name = models.CharField(max_length=60)
    description = models.CharField(max_length=200, help_text="What to do for it, in a few words.")
    icon = models.CharField(max_length=16, default="🏆", help_text="An emoji.")
    category = models.SlugField(max_length=30, default="special")
    position = models.PositiveSmallIntegerField(default=100, help_text="Its place in lists.")
    fact = models.CharField(max_length=100, help_text="What it is made of.")
    condition: models.JSONField[Any, Any] = models.JSONField(
        default=dict,
        blank=True,
        help_text='Which of these facts count: {} for all, or as {"distance": {"at_most": 100}}.',
    )
    counter = models.CharField(max_length=16, choices=Counting, default=Counting.COUNT)
    measure = models.CharField(
        max_length=40, blank=True, help_text="The number that a threshold or a record looks at."
    )
    lowest_is_best = models.BooleanField(
        default=False, help_text="For a record: the lowest number holds it, not the highest."
    )
    threshold = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.CUMULATIVE)
    hidden = models.BooleanField(
        default=False, help_text="Nobody hears of it before somebody has earned it."
    )
    enabled = models.BooleanField(default=True)
    applied_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Since when its rule, as it stands here, counts; empty: not yet.",
    )

    objects = DefinitionQuerySet.as_manager()

    class Meta:
        verbose_name = "achievement"
        constraints = [
            models.CheckConstraint(condition=Q(threshold__gte=1), name="achievement_can_be_reached")
        ]
        indexes = [models.Index(fields=["fact"], name="achievement_fact")]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> Rule:
        return Rule(
            counter=cast(Counter, self.counter),
            scope=cast(Scope, self.scope),
            threshold=self.threshold,
            condition=self.condition,
            measure=self.measure,
            lowest_is_best=self.lowest_is_best,
        )

    @property
    def category_name(self) -> str:
        return self.category.replace("_", " ").replace("-", " ").capitalize()

    @property
    def goal(self) -> int | None:
        """How far one must come; None where there is no measure of being on the way."""
        return None if self.rule.is_shared else self.threshold


class ShippedDefinition(models.Model):
    """Keys that Greenroom once brought: what a person deleted does not come back."""

    key = models.CharField(primary_key=True, max_length=50)
