"""What chance decides: committed to before, published after, to be replayed by anyone."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.db.models import Q


def new_secret() -> str:
    return secrets.token_hex(32)


class Drawing(models.Model):
    """One use of chance: the hash of its secret is public from the beginning, the secret after."""

    class Purpose(models.TextChoices):
        SELECTION = "selection", "random places of the roster"
        POTS = "pots", "seeds and pots by lot"
        LEAGUE = "league", "league draw"
        BRACKET = "bracket", "draw of the bracket's halves"
        LOTS = "lots", "lots that break the last ties"

    tournament = models.ForeignKey(
        "tournaments.Tournament", on_delete=models.CASCADE, related_name="drawings"
    )
    purpose = models.CharField(max_length=10, choices=Purpose)
    # 32 random bytes as hex, and their SHA-256.
    secret = models.CharField(max_length=64, default=new_secret, editable=False)
    commitment = models.CharField(max_length=64, editable=False)
    # What the organiser asks of the league draw: `pairs` of players and `most_per_group`.
    wishes: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    # What went in (roster, pots, rules) and what came out, as published.
    facts: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    result: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    # Of the algorithm.
    version = models.PositiveSmallIntegerField(default=1)
    drawn_at = models.DateTimeField(null=True, blank=True)
    drawn_by = models.CharField(max_length=150, blank=True, default="")

    # The ceremony: of `steps` reveals, `shown` were made by `anchor_at`; since then one each
    # `pace` seconds, if it runs. Everything may be seen once `revealed_at` is set.
    steps = models.PositiveSmallIntegerField(default=0)
    shown = models.PositiveSmallIntegerField(default=0)
    anchor_at = models.DateTimeField(null=True, blank=True)
    is_running = models.BooleanField(default=False)
    pace = models.FloatField(default=6.0)
    revealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tournament", "purpose"], name="one_drawing_per_purpose"
            ),
            models.CheckConstraint(condition=Q(pace__gt=0), name="ceremony_moves_on"),
        ]
