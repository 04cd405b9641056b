"""What may be done in the studio, and what set-up has seen work."""

from __future__ import annotations

from typing import Any

from django.db import models


class Proof(models.Model):
    """A step of set-up that really worked once: what was seen, and when."""

    step = models.CharField(primary_key=True, max_length=20)
    seen: models.JSONField[Any, Any] = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        permissions = [
            ("look", "Can look at the studio"),
            ("moderate_songs", "Can skip, remove and block songs, and pause requests"),
            ("send_samples", "Can show samples on the overlay"),
            ("set_up", "Can set Greenroom up"),
        ]

    def __str__(self) -> str:
        return self.step
