"""Runs in the admin: how each stands, what happened, and what a person may decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display

from sagas import services
from sagas.models import Event, Run

DECISIONS: dict[str, Callable[..., None]] = {
    "retry": services.retry,
    "mark_done": services.mark_done,
    "compensate": services.compensate,
    "close": services.close,
}


class ReadOnlyAdmin(ModelAdmin):
    """For tables that only code changes: a person looks."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["title", "shown_status", "progress", "reason", "started_at"]
    list_filter: ClassVar = ["status", "saga"]
    search_fields: ClassVar = ["subject_id", "saga"]
    ordering: ClassVar = ["-id"]
    list_per_page = 50
    fields: ClassVar = ["saga", "subject_id", "started_at", "finished_at", "context"]
    readonly_fields: ClassVar = fields
    change_form_outer_before_template = "sagas/timeline.html"

    class Media:
        css: ClassVar = {"all": ["sagas/timeline.css"]}

    @display(description="Run", ordering="id")
    def title(self, run: Run) -> str:
        return f"{run.pk} · {run.saga}"

    @display(
        description="Status",
        ordering="status",
        label={
            "running": "info",
            "waiting": "info",
            "completed": "success",
            "compensating": "warning",
            "compensated": "warning",
            "stuck": "danger",
        },
    )
    def shown_status(self, run: Run) -> str:
        return run.status

    @display(description="Next step")
    def progress(self, run: Run) -> str:
        return f"{run.position + 1} of {len(run.plan)}: {run.next_step}" if run.next_step else ""

    def get_urls(self) -> list[URLPattern]:
        decide = require_POST(self.admin_site.admin_view(self.decide))
        return [
            path("<int:run_id>/decide/<str:verb>/", decide, name="sagas_run_decide"),
            *super().get_urls(),
        ]

    def decide(self, request: HttpRequest, run_id: int, verb: str) -> HttpResponse:
        """Carry out one of the four decisions, in the name of who pressed the button."""
        user = request.user
        if not user.is_authenticated or not user.has_perm("sagas.change_run"):
            raise PermissionDenied
        decision = DECISIONS.get(verb)
        if decision is None:
            messages.error(request, f"There is no decision called {verb}.")
            return redirect("admin:sagas_run_change", run_id)
        try:
            decision(
                run_id,
                actor=user,
                actor_name=user.get_username(),
                note=request.POST.get("note", "")[:1000],
            )
        except services.NotAllowedNow as error:
            messages.error(request, str(error))
        except Run.DoesNotExist:
            messages.error(request, "This run is not there any more.")
            return redirect("admin:sagas_run_changelist")
        else:
            messages.success(request, "Done; the run goes on." if verb != "close" else "Closed.")
        return redirect("admin:sagas_run_change", run_id)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        run = Run.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        context = {} if run is None else {"run": run, "timeline": _timeline(run)}
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )


def _timeline(run: Run) -> list[dict[str, Any]]:
    """Return what happened and what is still to come, in the order of time."""
    rows: list[dict[str, Any]] = [
        {
            "at": outcome.at,
            "step": outcome.step,
            "result": outcome.result,
            "attempt": outcome.attempt,
            "error": outcome.error,
            "took": (outcome.at - outcome.began_at) / timedelta(milliseconds=1),
        }
        for outcome in run.outcomes.order_by("id")
    ]
    rows += [
        {
            "at": action.at,
            "step": action.step,
            "result": action.get_verb_display(),
            "by": action.actor_name,
            "error": action.note,
        }
        for action in run.actions.all()
    ]
    rows.sort(key=lambda row: row["at"])
    if not run.is_final:
        rows += [{"step": name, "result": "to come"} for name in run.plan[run.position :]]
    return rows


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["kind", "key", "at"]
    list_filter: ClassVar = ["kind"]
    search_fields: ClassVar = ["key"]
    ordering: ClassVar = ["-id"]
