"""Votes during live matches: events with an end, and what viewers cast."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from ulid import ULID


def new_vote_event_id() -> str:
    return f"vote_{ULID()}"


class VoteEvent(models.Model):
    """A pop-up in which viewers spend points for a player, until its end by the database clock."""

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", "active"
        COMPLETED = "COMPLETED", "completed"
        CANCELLED = "CANCELLED", "cancelled"

    class TieRule(models.TextChoices):
        NONE = "none", "nobody gets the award"
        SPLIT = "split", "each of the first gets it divided, rounded down"

    id = models.CharField(
        primary_key=True, max_length=40, default=new_vote_event_id, editable=False
    )
    match = models.ForeignKey(
        "tournaments.Match", on_delete=models.CASCADE, related_name="vote_events"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    points_award = models.PositiveSmallIntegerField(help_text="League points for who wins it.")
    cost_per_vote = models.PositiveIntegerField(help_text="Points that a vote costs; 0: free.")
    most_per_viewer = models.PositiveSmallIntegerField(default=1)
    quorum = models.PositiveSmallIntegerField(
        default=1, help_text="So many different voters are needed."
    )
    tie_rule = models.CharField(max_length=5, choices=TieRule, default=TieRule.NONE)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=150, blank=True, default="")
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # Set with the end: what each of the two got, and why nobody got an award ("" if somebody did).
    home_votes = models.PositiveIntegerField(null=True, blank=True)
    away_votes = models.PositiveIntegerField(null=True, blank=True)
    home_award = models.PositiveSmallIntegerField(default=0)
    away_award = models.PositiveSmallIntegerField(default=0)
    no_award_because = models.CharField(max_length=20, blank=True, default="")
    refunded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["match"], condition=Q(status="ACTIVE"), name="one_active_vote_per_match"
            ),
            models.CheckConstraint(
                condition=Q(status="ACTIVE", ended_at=None)
                | ~Q(status="ACTIVE") & Q(ended_at__isnull=False),
                name="vote_ends_once",
            ),
        ]


class Vote(models.Model):
    """One vote that a viewer cast, and paid in the same transaction."""

    event = models.ForeignKey(VoteEvent, on_delete=models.CASCADE, related_name="votes")
    viewer = models.ForeignKey("twitch.Viewer", on_delete=models.PROTECT, related_name="votes")
    participant = models.ForeignKey(
        "tournaments.Participant", on_delete=models.CASCADE, related_name="votes"
    )
    # The client's name for the press: the same press twice is one vote.
    key = models.CharField(max_length=64)
    # Of this viewer in this event, from 1.
    number = models.PositiveSmallIntegerField()
    cost = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "viewer", "key"], name="one_vote_per_press"),
            models.UniqueConstraint(
                fields=["event", "viewer", "number"], name="votes_of_a_viewer_are_numbered"
            ),
        ]
