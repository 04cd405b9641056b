"""Matches and every result that was entered, to look at; they are run from the desk."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action, display

from sagas.admin import ReadOnlyAdmin
from tournaments.models import Match, Report, Result
from tournaments.services import desk, results
from tournaments.services.matches import Day

STATUS_COLOURS = {"SCHEDULED": "info", "LIVE": "danger", "COMPLETED": "success"}


class WaitsFor(admin.SimpleListFilter):
    """Matches that a person has to do something about."""

    title = "waits for"
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            (desk.DECISION, "a decision between two reports"),
            (desk.OVERDUE, "the second report"),
            (desk.RESULT, "a result"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Match]) -> QuerySet[Match]:
        if self.value() is None:
            return queryset
        waiting = desk.waiting(Match.objects.counting(), timezone.now())
        return queryset.filter(pk__in=[c.match.pk for c in waiting if c.needs == self.value()])


@admin.register(Match)
class MatchAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["title", "day", "scheduled_at", "shown_status", "result"]
    list_filter: ClassVar = [WaitsFor, "status", "phase", "tournament"]
    list_select_related: ClassVar = ["home__viewer", "away__viewer", "tournament"]
    search_fields: ClassVar = [
        "home__viewer__login",
        "home__viewer__display_name",
        "away__viewer__login",
        "away__viewer__display_name",
    ]
    ordering: ClassVar = ["-tournament__created_at", "scheduled_at", "pk"]
    list_per_page = 50
    actions_row: ClassVar = ["open_desk"]
    actions_detail: ClassVar = ["open_desk"]

    @display(description="Match")
    def title(self, match: Match) -> str:
        return str(match)

    @display(description="Day", ordering="matchday")
    def day(self, match: Match) -> str:
        return f"{match.tournament}, {Day.of(match)}"

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, match: Match) -> tuple[str, str]:
        return match.status, "set aside" if match.is_set_aside else match.get_status_display()

    @display(description="Result")
    def result(self, match: Match) -> str:
        return str(results.result_of(match)) if match.outcome else "–"

    @action(description="Open the desk", url_path="desk", permissions=["view"])
    def open_desk(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to where the match is run, and its result entered or corrected."""
        match = get_object_or_404(Match, pk=unquote(object_id))
        day = Day.of(match)
        address = reverse("desk", args=[match.tournament_id])
        return redirect(f"{address}?day={day.phase}-{day.number}#{match.pk}")


@admin.register(Result)
class ResultAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["match", "entered", "source", "entered_by", "reason", "at"]
    list_filter: ClassVar = ["source", "outcome", "match__tournament"]
    list_select_related: ClassVar = ["match__home__viewer", "match__away__viewer"]
    search_fields: ClassVar = ["entered_by", "reason", "match__pk"]
    ordering: ClassVar = ["-id"]

    @display(description="Result")
    def entered(self, result: Result) -> str:
        return str(results.result_of(result)) if result.outcome else "taken back"


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["match", "participant", "said", "proof_url", "at"]
    list_filter: ClassVar = ["match__tournament"]
    list_select_related: ClassVar = [
        "match__home__viewer",
        "match__away__viewer",
        "participant__viewer",
    ]
    ordering: ClassVar = ["-at"]

    @display(description="Score")
    def said(self, report: Report) -> str:
        return str(results.score_of(report))
