"""The engine's tables: runs, what became of each step, facts, and what people decided."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sagas.flow import NO_RETURN


class RunQuerySet(models.QuerySet["Run"]):
    def unfinished(self) -> RunQuerySet:
        return self.exclude(status__in=Run.FINAL)

    def stuck(self) -> RunQuerySet:
        return self.filter(status=Run.Status.STUCK)


class Run(models.Model):
    """One subject's way through one saga."""

    class Status(models.TextChoices):
        RUNNING = "running"
        WAITING = "waiting"
        COMPLETED = "completed"
        COMPENSATING = "compensating"
        COMPENSATED = "compensated"
        STUCK = "stuck"
        CLOSED = "closed"

    FINAL = (Status.COMPLETED, Status.COMPENSATED, Status.CLOSED)

    saga = models.CharField(max_length=100)
    subject_id = models.CharField(max_length=128)
    lane = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="Whose workers lead it."
    )
    plan = models.JSONField(help_text="Names of the steps, copied when the run started.")
    position = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Index in the plan of the next step."
    )
    status = models.CharField(
        max_length=12, choices=Status, default=Status.RUNNING, db_default=Status.RUNNING
    )
    tries = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Failed tries of the next step."
    )
    losses = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Workers lost at this step, one after the other."
    )
    begun = models.BooleanField(
        default=False,
        db_default=False,
        help_text="A call that must not be repeated may have been made.",
    )
    undo_left = models.JSONField(default=list, db_default=[])
    undo_failed = models.JSONField(default=list, db_default=[])
    undo_pauses = models.JSONField(
        default=dict,
        db_default={},
        help_text="For undos that did not work yet: failed tries, and when to try again.",
    )
    refusal_code = models.CharField(max_length=60, blank=True, default="", db_default="")
    refusal = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="What the viewer is told once all is undone.",
    )
    code = models.CharField(max_length=60, blank=True, default="", db_default="")
    reason = models.TextField(
        blank=True, default="", db_default="", help_text="Why it goes back, or why it is stuck."
    )
    owner = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="The worker at it."
    )
    due_at = models.DateTimeField(
        null=True,
        blank=True,
        db_default=Now(),
        help_text="When to go on; for a run that a worker is at, when its lease ends.",
    )
    woken = models.BooleanField(
        default=False, db_default=False, help_text="Was woken while a worker was at it."
    )
    context = models.JSONField(
        default=dict, db_default={}, help_text="Ids bound to every log line of the run."
    )
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["saga", "subject_id"], name="one_run_per_subject"),
            models.CheckConstraint(
                condition=Q(status__in=["completed", "compensated", "closed", "stuck"])
                ^ Q(due_at__isnull=False),
                name="due_exactly_while_moving",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lane", "due_at"], condition=Q(due_at__isnull=False), name="run_due"
            ),
            models.Index(fields=["status", "-id"], name="run_status"),
            models.Index(
                fields=["finished_at"], condition=Q(finished_at__isnull=False), name="run_finished"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.saga} {self.subject_id}"

    @property
    def next_step(self) -> str:
        """The name of the step to be done next, or "" behind the last."""
        return self.plan[self.position] if self.position < len(self.plan) else ""

    @property
    def is_past_return(self) -> bool:
        return NO_RETURN in self.plan[: self.position]

    @property
    def is_going_back(self) -> bool:
        """Whether it was refused or given up; there is no way forward again."""
        return bool(self.refusal_code)

    @property
    def is_final(self) -> bool:
        return self.status in Run.FINAL


class Outcome(models.Model):
    """What became of one try of one step. Rows are only ever added."""

    class Result(models.TextChoices):
        DONE = "done"
        UNDONE = "undone"
        FAILED = "failed"
        REFUSED = "refused"
        UNSURE = "unsure"
        WAITING = "waiting"
        SKIPPED = "skipped"

    # Each row is written by the statement that changes its run, so there is nothing to check; to do
    # so all the same would cost a fifth of the engine's speed.
    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="outcomes", db_constraint=False
    )
    step = models.CharField(max_length=100)
    result = models.CharField(max_length=8, choices=Result)
    attempt = models.PositiveSmallIntegerField()
    error = models.TextField(blank=True, default="", db_default="")
    began_at = models.DateTimeField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "step"],
                condition=Q(result="done"),
                name="a_step_is_done_once",
            ),
        ]


class Action(models.Model):
    """What a person decided about a run. Rows are only ever added."""

    class Verb(models.TextChoices):
        RETRY = "retry"
        MARK_DONE = "mark_done", "mark done"
        COMPENSATE = "compensate"
        CLOSE = "close"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="actions")
    verb = models.CharField(max_length=10, choices=Verb)
    step = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=150)
    at = models.DateTimeField(db_default=Now())


class Event(models.Model):
    """A fact that an app announced; each of its listeners has a run of its own."""

    kind = models.CharField(max_length=100)
    key = models.CharField(max_length=128, help_text="What caused it: a repeat is the same fact.")
    payload: models.JSONField[Any, Any] = models.JSONField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="a_fact_is_told_once")]
        indexes = [models.Index(fields=["at"], name="event_at")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
