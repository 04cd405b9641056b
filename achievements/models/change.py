"""What people did to achievements by hand."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Change(models.Model):
    """One decision of a person, with what came of it. Rows are only ever added."""

    class Verb(models.TextChoices):
        APPLY = "apply", "applied a definition"
        RECOUNT = "recount", "counted again"
        RESET = "reset", "reset a viewer"

    verb = models.CharField(max_length=10, choices=Verb)
    subject = models.CharField(max_length=100, blank=True, help_text="A viewer's id, or a key.")
    note = models.TextField(blank=True)
    result: models.JSONField[Any, Any] = models.JSONField(default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=150)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.subject}"
