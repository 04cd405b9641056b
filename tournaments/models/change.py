"""The diary of a tournament: what people and rules changed, and why."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models


class Change(models.Model):
    """One thing that was done to a tournament; never changed."""

    tournament = models.ForeignKey(
        "tournaments.Tournament", on_delete=models.CASCADE, related_name="changes"
    )
    # As `opened_registration`, `published_roster`, `corrected_result`.
    verb = models.CharField(max_length=40)
    # "" for a rule.
    by = models.CharField(max_length=150, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    details: models.JSONField[Any, Any] = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        triggers = [pgtrigger.Protect(name="diary_stays", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """The verb, as people read it."""
        return self.verb.replace("_", " ")
