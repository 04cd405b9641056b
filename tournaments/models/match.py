"""Matches, the ties that they decide, and every result that was ever entered."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from ulid import ULID


def new_match_id() -> str:
    return f"match_{ULID()}"


class Phase(models.TextChoices):
    LEAGUE = "LEAGUE", "league phase"
    PLAYOFF = "PLAYOFF", "play-offs"
    ROUND_OF_32 = "ROUND_OF_32", "round of 32"
    ROUND_OF_16 = "ROUND_OF_16", "round of 16"
    QUARTER_FINAL = "QUARTER_FINAL", "quarter-finals"
    SEMI_FINAL = "SEMI_FINAL", "semi-finals"
    FINAL = "FINAL", "final"


class Ground(models.TextChoices):
    NO_SHOW = "no_show", "did not show up"
    WITHDRAWAL = "withdrawal", "withdrew"
    RULES = "rules", "broke the rules"
    CONNECTION = "connection", "could not stay connected"
    OTHER = "other", "other"


class Tie(models.Model):
    """A place in the bracket: two players, one or two legs, one who goes on; known from day one."""

    tournament = models.ForeignKey(
        "tournaments.Tournament", on_delete=models.CASCADE, related_name="ties"
    )
    phase = models.CharField(max_length=14, choices=Phase)
    # From the top of the bracket, 0 first.
    slot = models.PositiveSmallIntegerField()
    legs = models.PositiveSmallIntegerField()
    # The better path seed: at home in the second leg. Unknown ones have a label until then.
    better = models.ForeignKey(
        "tournaments.Participant", null=True, on_delete=models.CASCADE, related_name="+"
    )
    other = models.ForeignKey(
        "tournaments.Participant", null=True, on_delete=models.CASCADE, related_name="+"
    )
    better_label = models.CharField(max_length=60, blank=True, default="")
    other_label = models.CharField(max_length=60, blank=True, default="")
    # A player's own rank, or the better one inherited from who was beaten.
    better_path_seed = models.PositiveSmallIntegerField(null=True)
    other_path_seed = models.PositiveSmallIntegerField(null=True)
    better_goals = models.PositiveSmallIntegerField(null=True)
    other_goals = models.PositiveSmallIntegerField(null=True)
    winner = models.ForeignKey(
        "tournaments.Participant", null=True, on_delete=models.CASCADE, related_name="+"
    )
    # aggregate, extra_time, penalties or walkover; "" while open.
    decided_by = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tournament", "phase", "slot"], name="one_tie_per_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_phase_display()} {self.slot + 1}"


class MatchQuerySet(models.QuerySet["Match"]):
    def counting(self) -> MatchQuerySet:
        """Matches of the present draw and bracket."""
        return self.filter(is_set_aside=False)

    def league(self) -> MatchQuerySet:
        return self.filter(phase=Phase.LEAGUE)

    def of_day(self, phase: str, number: int) -> MatchQuerySet:
        """The matches of a match day or, in a round of the knock-outs, of a leg."""
        column = "matchday" if phase == Phase.LEAGUE else "leg"
        return self.counting().filter(phase=phase, **{column: number})


class Match(models.Model):
    """Two players at one time. What became of it is its newest confirmed result, copied here."""

    class Status(models.TextChoices):
        SCHEDULED = "SCHEDULED", "scheduled"
        LIVE = "LIVE", "live"
        COMPLETED = "COMPLETED", "completed"

    class Outcome(models.TextChoices):
        PLAYED = "played", "played"
        FORFEIT = "forfeit", "forfeited"
        VOID = "void", "void"

    id = models.CharField(primary_key=True, max_length=40, default=new_match_id, editable=False)
    tournament = models.ForeignKey(
        "tournaments.Tournament", on_delete=models.CASCADE, related_name="matches"
    )
    phase = models.CharField(max_length=14, choices=Phase)
    # The match day of the league phase, or the leg of a tie; each from 1.
    matchday = models.PositiveSmallIntegerField(null=True, blank=True)
    tie = models.ForeignKey(
        Tie, null=True, blank=True, on_delete=models.CASCADE, related_name="matches"
    )
    leg = models.PositiveSmallIntegerField(null=True, blank=True)
    home = models.ForeignKey(
        "tournaments.Participant", on_delete=models.CASCADE, related_name="home_matches"
    )
    away = models.ForeignKey(
        "tournaments.Participant", on_delete=models.CASCADE, related_name="away_matches"
    )
    scheduled_at = models.DateTimeField(null=True, blank=True)
    # The pairing is no longer that of its tie: kept, as the pairing may come back.
    is_set_aside = models.BooleanField(default=False)

    status = models.CharField(max_length=10, choices=Status, default=Status.SCHEDULED)
    # Numbers what the match's sockets hear.
    seq = models.BigIntegerField(default=1, editable=False)
    live_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True, default="")
    # While it is live, the score so far. With the goals of extra time, without a shoot-out's.
    home_goals = models.PositiveSmallIntegerField(null=True, blank=True)
    away_goals = models.PositiveSmallIntegerField(null=True, blank=True)
    has_extra_time = models.BooleanField(default=False)
    home_penalties = models.PositiveSmallIntegerField(null=True, blank=True)
    away_penalties = models.PositiveSmallIntegerField(null=True, blank=True)
    # Of a forfeit: who did not win it, and why; both of a double forfeit, which has no score.
    is_home_guilty = models.BooleanField(db_default=False)
    is_away_guilty = models.BooleanField(db_default=False)
    ground = models.CharField(max_length=10, choices=Ground, blank=True, db_default="")

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "matches"
        constraints = [
            models.UniqueConstraint(
                fields=["tournament", "home", "away"],
                condition=Q(phase="LEAGUE"),
                name="one_league_match_per_pairing",
            ),
            models.UniqueConstraint(
                fields=["tie", "leg", "home", "away"],
                condition=Q(tie__isnull=False),
                name="one_leg_per_pairing",
            ),
            models.CheckConstraint(condition=~Q(home=F("away")), name="nobody_meets_themselves"),
            models.CheckConstraint(
                condition=Q(phase="LEAGUE", matchday__isnull=False, tie=None, leg=None)
                | ~Q(phase="LEAGUE") & Q(matchday=None, tie__isnull=False, leg__isnull=False),
                name="match_of_a_day_or_of_a_tie",
            ),
            models.CheckConstraint(
                condition=Q(status="COMPLETED") & ~Q(outcome="")
                | ~Q(status="COMPLETED") & Q(outcome=""),
                name="completed_with_an_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["tournament", "phase", "matchday"], name="match_of_day"),
        ]

    def __str__(self) -> str:
        return f"{self.home} – {self.away}"

    def get_absolute_url(self) -> str:
        return reverse("match", args=[self.pk])

    @property
    def group(self) -> str:
        """The push group of the sockets that follow it."""
        return f"match.{self.pk}"


class Result(models.Model):
    """What somebody entered for a match: never changed; the newest confirmed one counts."""

    class Source(models.TextChoices):
        ADMIN = "admin", "entered by staff"
        PLAYERS = "players", "reported by both players"
        POLICY = "policy", "followed from a withdrawal or a no-show"

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="results")
    source = models.CharField(max_length=8, choices=Source)
    # Nobody is named for a rule. "" takes the match's result back: it is to be played (again).
    outcome = models.CharField(max_length=8, choices=Match.Outcome, blank=True)
    home_goals = models.PositiveSmallIntegerField(null=True)
    away_goals = models.PositiveSmallIntegerField(null=True)
    has_extra_time = models.BooleanField(default=False)
    home_penalties = models.PositiveSmallIntegerField(null=True)
    away_penalties = models.PositiveSmallIntegerField(null=True)
    is_home_guilty = models.BooleanField(default=False)
    is_away_guilty = models.BooleanField(default=False)
    ground = models.CharField(max_length=10, choices=Ground, blank=True, db_default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    entered_by = models.CharField(max_length=150, blank=True, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        triggers = [pgtrigger.Protect(name="results_stay", operation=pgtrigger.Update)]


class Report(models.Model):
    """What one of the players says of their match; two that agree confirm it."""

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="reports")
    participant = models.ForeignKey(
        "tournaments.Participant", on_delete=models.CASCADE, related_name="reports"
    )
    home_goals = models.PositiveSmallIntegerField()
    away_goals = models.PositiveSmallIntegerField()
    has_extra_time = models.BooleanField(default=False)
    home_penalties = models.PositiveSmallIntegerField(null=True)
    away_penalties = models.PositiveSmallIntegerField(null=True)
    proof_url = models.URLField(max_length=300, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["match", "participant"], name="one_report_per_player"),
        ]
