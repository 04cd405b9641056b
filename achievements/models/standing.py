"""Who is how far: derived from the history, beside what was said of it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Count, F, Max, Q
from django.db.models.functions import Now
from ulid import ULID

from achievements.rules import State


def new_announcement_id() -> str:
    return f"unlocks_{ULID()}"


class Announcement(models.Model):
    """One line in chat and one card on the overlay, for all that was earned since the last."""

    id = models.CharField(
        primary_key=True, max_length=40, default=new_announcement_id, editable=False
    )
    created_at = models.DateTimeField(db_default=Now())
    gathered_at = models.DateTimeField(
        null=True, blank=True, help_text="When it took what was waiting; empty: it found nothing."
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["-gathered_at"],
                condition=Q(gathered_at__isnull=False),
                name="announcement_latest",
            )
        ]

    def __str__(self) -> str:
        return self.id


class StandingQuerySet(models.QuerySet["Standing"]):
    def earned(self) -> StandingQuerySet:
        """Achievements that were earned and not taken back; a record may have been passed on."""
        return self.filter(
            earned_at__isnull=False,
            definition__enabled=True,
            definition__applied_at__isnull=False,
        )

    def held(self) -> StandingQuerySet:
        """Achievements that are somebody's now."""
        return self.earned().filter(passed_at=None)

    def waiting_to_be_told(self) -> StandingQuerySet:
        return self.filter(is_due=True).order_by("earned_at", "id")

    def by_viewer(self) -> models.QuerySet[Any, Any]:
        """Return one row for each viewer: how many different achievements, and since when."""
        return (
            self.held()
            .values("viewer_id", login=F("viewer__login"), display_name=F("viewer__display_name"))
            .annotate(
                achievements=Count("definition_id", distinct=True),
                last_unlocked_at=Max("earned_at"),
            )
        )


class Standing(models.Model):
    """One viewer's standing in one achievement, for all time or for one stream session."""

    definition = models.ForeignKey(
        "achievements.Definition", on_delete=models.CASCADE, related_name="standings"
    )
    viewer = models.ForeignKey(
        "twitch.Viewer", on_delete=models.PROTECT, related_name="achievement_standings"
    )
    session_id = models.CharField(
        max_length=40, blank=True, help_text="Empty for achievements of all time."
    )
    progress = models.BigIntegerField(default=0)
    earned_at = models.DateTimeField(null=True, blank=True)
    earned_by = models.CharField(max_length=128, blank=True, help_text="The key of the fact.")
    passed_at = models.DateTimeField(
        null=True, blank=True, help_text="When somebody else took the record."
    )
    is_due = models.BooleanField(default=False, help_text="Earned, and about to be announced.")
    announcement = models.ForeignKey(
        Announcement, null=True, blank=True, on_delete=models.SET_NULL, related_name="standings"
    )

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["definition", "viewer", "session_id"], name="one_standing_for_each"
            ),
            models.CheckConstraint(
                condition=Q(earned_at__isnull=False)
                | Q(passed_at=None, earned_by="", is_due=False),
                name="only_what_was_earned_is_told",
            ),
        ]
        indexes = [
            models.Index(
                fields=["definition", "session_id"],
                condition=Q(earned_at__isnull=False, passed_at=None),
                name="standing_held",
            ),
            models.Index(fields=["id"], condition=Q(is_due=True), name="standing_due"),
        ]

    def __str__(self) -> str:
        return f"{self.definition_id} of {self.viewer_id}"

    @property
    def whose(self) -> tuple[str, str]:
        return self.viewer_id, self.session_id

    @property
    def state(self) -> State:
        return State(self.progress, self.earned_at, self.earned_by, self.passed_at)

    @state.setter
    def state(self, state: State) -> None:
        self.progress = state.progress
        self.earned_at = state.earned_at
        self.earned_by = state.earned_by
        self.passed_at = state.passed_at
