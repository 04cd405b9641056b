"""Tournaments: their settings, and how far they are."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from ulid import ULID


def new_tournament_id() -> str:
    return f"tour_{ULID()}"


class TournamentQuerySet(models.QuerySet["Tournament"]):
    def shown(self) -> TournamentQuerySet:
        """Tournaments that everybody may see, the newest first."""
        return self.exclude(status=Tournament.Status.DRAFT).order_by("-created_at", "-id")

    def open(self) -> TournamentQuerySet:
        """Tournaments that are neither over nor called off."""
        return self.exclude(status__in=Tournament.ENDS)


class Tournament(models.Model):
    """One Champions-League tournament; its row is locked by whoever changes anything of it.

    Whatever follows from the draw, the confirmed results, the bonus points and the strikes is
    derived, never counted up.
    """

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "draft"
        REGISTRATION_OPEN = "REGISTRATION_OPEN", "registration open"
        REGISTRATION_CLOSED = "REGISTRATION_CLOSED", "registration closed"
        AWAITING_SELECTION = "AWAITING_SELECTION", "selection"
        LEAGUE_PHASE = "LEAGUE_PHASE", "league phase"
        KNOCKOUTS = "KNOCKOUTS", "knock-outs"
        COMPLETED = "COMPLETED", "completed"
        CANCELLED = "CANCELLED", "cancelled"

    class BonusMode(models.TextChoices):
        OFF = "off", "Votes award nothing to the table"
        TIE_BREAK = "tie_break", "Vote points only break ties on points"
        COUNTS = "counts", "Vote points count as league points"

    ENDS = (Status.COMPLETED, Status.CANCELLED)
    PLAYED = (Status.LEAGUE_PHASE, Status.KNOCKOUTS, Status.COMPLETED)

    id = models.CharField(
        primary_key=True, max_length=40, default=new_tournament_id, editable=False
    )
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=1000, blank=True, db_default="")
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT, editable=False)
    # Grows with every change that pages, sockets or overlays show.
    revision = models.BigIntegerField(default=1, editable=False)

    max_participants = models.PositiveSmallIntegerField(
        default=36,
        validators=[MinValueValidator(8), MaxValueValidator(64)],
        help_text="Every even number from 8 to 64.",
    )
    matches_per_player = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Matches of each player in the league phase: 8, or 6. Empty: what fits the size.",
    )
    quarter_final_legs = models.PositiveSmallIntegerField(default=2, choices=[(1, "1"), (2, "2")])
    semi_final_legs = models.PositiveSmallIntegerField(default=2, choices=[(1, "1"), (2, "2")])
    forfeit_goals = models.PositiveSmallIntegerField(
        default=3, help_text="A match that is forfeited is lost by so many goals to none."
    )

    registration_opens_at = models.DateTimeField(null=True, blank=True)
    registration_closes_at = models.DateTimeField(null=True, blank=True)
    is_for_subscribers = models.BooleanField(
        default=True, help_text="Only subscribers of the channel may register."
    )
    # The roster is published, and can be taken back until the draw.
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    bonus_mode = models.CharField(max_length=10, choices=BonusMode, default=BonusMode.COUNTS)
    most_bonus_per_match = models.PositiveSmallIntegerField(
        default=1,
        help_text="Among equal players one point at the cut lifts the chance of the top 8 "
        "from 54 to 92 %, and of the top 24 from 30 to 87 %.",
    )
    most_bonus_per_player = models.PositiveSmallIntegerField(
        default=3, help_text="More than two or three points would decide the tournament."
    )
    votes_per_player = models.PositiveSmallIntegerField(
        default=1,
        help_text="So many votes for each player's matches: the same chance for everyone.",
    )
    has_votes_on_last_day = models.BooleanField(
        default=False, help_text="On the last match day a vote would decide places."
    )

    least_stake = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    most_stake = models.PositiveIntegerField(
        default=1000, help_text="What a viewer may stake on one match."
    )

    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TournamentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(max_participants__gte=8, max_participants__lte=64),
                name="tournament_of_8_to_64",
            ),
            models.CheckConstraint(
                condition=Q(least_stake__gte=1, least_stake__lte=models.F("most_stake")),
                name="stakes_make_sense",
            ),
            models.CheckConstraint(
                condition=Q(registration_opens_at=None)
                | Q(registration_closes_at=None)
                | Q(registration_opens_at__lt=models.F("registration_closes_at")),
                name="registration_opens_before_it_closes",
            ),
        ]
        permissions = [
            ("curate", "Can run registrations, the roster and the draw"),
            ("enter_results", "Can enter and correct results"),
            ("run_votes", "Can start and cancel votes"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tournament", args=[self.pk])

    @property
    def group(self) -> str:
        """The push group of the sockets that follow it."""
        return f"tournament.{self.pk}"
