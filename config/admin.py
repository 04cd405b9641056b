"""How the admin looks, and what of other people's tables is kept out of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django_celery_beat.admin import PeriodicTaskAdmin
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from sagas.admin import ReadOnlyAdmin
from sagas.models import Run
from studio.services import health
from tokens.models import Token
from tournaments.services import desk

# The clock's list is written from the code at each migrate: here it is only looked at.
for model in (ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule):
    admin.site.unregister(model)


@admin.register(PeriodicTask)
class ClockAdmin(ReadOnlyAdmin):
    list_display = ("task", "interval", "last_run_at", "total_run_count", "enabled")
    ordering = ("task",)
    search_fields = PeriodicTaskAdmin.search_fields


def environment(request: HttpRequest) -> list[str] | None:
    """Show on every admin page what a person must know: a lost connection, or a rehearsal."""
    if lost_connections(request):
        return ["Reconnect needed", "danger"]
    return ["Rehearsal", "warning"] if settings.REHEARSAL else None


def stuck_runs(request: HttpRequest) -> str:
    """Return how many runs wait for a person, or "" for none."""
    return str(Run.objects.stuck().count() or "")


def lost_connections(request: HttpRequest) -> str:
    """Return how many accounts must be connected again, or "" for none."""
    return str(Token.objects.filter(reconnect_needed=True).count() or "")


def disputed_matches(request: HttpRequest) -> str:
    """Return how many matches wait for a decision between two reports, or "" for none."""
    return str(desk.count_disputed() or "")


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Put every check on the admin's first page."""
    context["checks"] = [
        {
            "name": name.replace("_", " ").capitalize(),
            "ok": check.ok,
            "detail": check.detail,
            "link": reverse(health.REMEDIES[name]) if name in health.REMEDIES else "",
        }
        for name, check in health.report().checks.items()
    ]
    return context
