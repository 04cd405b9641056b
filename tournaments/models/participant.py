"""The roster, and each player's line of the table."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from ulid import ULID


def new_participant_id() -> str:
    return f"player_{ULID()}"


class Participant(models.Model):
    """A player of a tournament, from the published roster on."""

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", "active"
        ELIMINATED = "ELIMINATED", "eliminated"
        WINNER = "WINNER", "winner"

    id = models.CharField(
        primary_key=True, max_length=40, default=new_participant_id, editable=False
    )
    tournament = models.ForeignKey(
        "tournaments.Tournament", on_delete=models.CASCADE, related_name="participants"
    )
    registration = models.OneToOneField(
        "tournaments.Registration", on_delete=models.CASCADE, related_name="participant"
    )
    viewer = models.ForeignKey(
        "twitch.Viewer", on_delete=models.PROTECT, related_name="participations"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    # 1 is the strongest; pots follow from it, 1 to the format's number of pots.
    seed = models.PositiveSmallIntegerField()
    pot = models.PositiveSmallIntegerField()
    # Players with the same group do not meet in the league phase.
    avoid_group = models.CharField(max_length=30, blank=True, db_default="")
    # Given by hand; strikes are these and the no-shows of the league phase.
    warnings = models.PositiveSmallIntegerField(db_default=0, editable=False)
    strikes = models.PositiveSmallIntegerField(
        db_default=0, help_text="No-shows and warnings: fewer is better when all else is equal."
    )
    # The place in the order that breaks the last ties, drawn from the published seed.
    lot = models.PositiveSmallIntegerField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tournament", "viewer"], name="one_participant_per_viewer"
            ),
            models.UniqueConstraint(
                fields=["tournament", "seed"],
                name="one_participant_per_seed",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(seed__gte=1, pot__gte=1), name="seeds_from_one"),
        ]

    def __str__(self) -> str:
        return str(self.viewer)


class Standing(models.Model):
    """A line of the table, derived from the results; stored to be read."""

    class Zone(models.TextChoices):
        DIRECT = "direct", "straight into the bracket"
        PLAYOFF = "playoff", "play-offs"
        OUT = "out", "out"

    class Outlook(models.TextChoices):
        OPEN = "open", "open"
        SURE_DIRECT = "sure_direct", "surely straight into the bracket"
        SURE_PLAYOFF = "sure_playoff", "surely in the play-offs or better"
        SURE_OUT = "sure_out", "surely out"

    participant = models.OneToOneField(
        Participant, primary_key=True, on_delete=models.CASCADE, related_name="standing"
    )
    tournament = models.ForeignKey(
        "tournaments.Tournament", on_delete=models.CASCADE, related_name="standings"
    )
    rank = models.PositiveSmallIntegerField()
    zone = models.CharField(max_length=8, choices=Zone)
    outlook = models.CharField(max_length=12, choices=Outlook, default=Outlook.OPEN)
    # Sporting points; the total is with `bonus` where the tournament counts it.
    points = models.SmallIntegerField(default=0)
    bonus = models.SmallIntegerField(default=0)
    total = models.SmallIntegerField(default=0)
    played = models.PositiveSmallIntegerField(default=0)
    wins = models.PositiveSmallIntegerField(default=0)
    draws = models.PositiveSmallIntegerField(default=0)
    losses = models.PositiveSmallIntegerField(default=0)
    goals_for = models.PositiveIntegerField(default=0)
    goals_against = models.PositiveIntegerField(default=0)
    away_goals = models.PositiveIntegerField(default=0)
    away_wins = models.PositiveSmallIntegerField(default=0)
    # Of all opponents together; unknown until everybody has played all matches.
    opponents_points = models.IntegerField(null=True, blank=True)
    opponents_goal_difference = models.IntegerField(null=True, blank=True)
    opponents_goals = models.IntegerField(null=True, blank=True)
    strikes = models.PositiveSmallIntegerField(default=0)
    # Which criterion puts this player above the next, and both values, as text; "" for the last.
    decided_by = models.CharField(max_length=30, blank=True, default="")
    decided_value = models.CharField(max_length=20, blank=True, default="")
    decided_next_value = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tournament", "rank"],
                name="one_standing_per_rank",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    @property
    def goal_difference(self) -> int:
        return self.goals_for - self.goals_against
