"""Every fact that was heard, once: all that is counted can be counted again from here."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

# A person's order to count a viewer anew; stands in the history, so that a recount obeys it.
RESET = "achievements.Reset"


class HeardFactQuerySet(models.QuerySet["HeardFact"]):
    def counted(self) -> HeardFactQuerySet:
        """Facts that nothing has taken back, in the order of time."""
        return self.filter(is_withdrawn=False).order_by("at", "key")

    def later_than(self, fact: HeardFact) -> HeardFactQuerySet:
        """Facts behind this one in the order of time."""
        return self.filter(Q(at__gt=fact.at) | Q(at=fact.at, key__gt=fact.key))


class HeardFact(models.Model):
    """A fact by its kind and cause; `session_id` and `is_withdrawn` follow from other facts."""

    kind = models.CharField(max_length=100)
    key = models.CharField(max_length=128, db_collation="C")
    viewer = models.ForeignKey(
        "twitch.Viewer", null=True, on_delete=models.PROTECT, related_name="heard_facts"
    )
    at = models.DateTimeField(help_text="When it happened.")
    payload: models.JSONField[Any, Any] = models.JSONField()
    session_id = models.CharField(max_length=40, blank=True)
    is_withdrawn = models.BooleanField(default=False)
    heard_at = models.DateTimeField(db_default=Now())

    objects = HeardFactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="a_fact_counts_once")]
        indexes = [
            models.Index(fields=["kind", "at", "key"], name="heard_in_order"),
            models.Index(fields=["viewer", "kind", "at", "key"], name="heard_of_viewer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
