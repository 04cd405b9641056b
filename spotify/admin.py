"""Spotify's part in the admin: the budget and the breaker above the calls, and the tracks."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST
from unfold.decorators import display

from sagas.admin import ReadOnlyAdmin
from spotify.models import Call, Track
from spotify.services import budget


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["name", "is_urgent", "shown_status", "at"]
    list_filter: ClassVar = ["name", "is_urgent", "status"]
    ordering: ClassVar = ["-at"]
    list_before_template = "spotify/budget.html"

    @display(
        description="Answer",
        ordering="status",
        label={"fine": "success", "refused": "warning", "failed": "danger"},
    )
    def shown_status(self, call: Call) -> tuple[str, str]:
        if not call.status:
            return "failed", "none"
        kind = "fine" if call.status < 300 else "failed" if call.status >= 500 else "refused"
        return kind, str(call.status)

    def get_urls(self) -> list[URLPattern]:
        close = require_POST(self.admin_site.admin_view(self.close_breaker))
        return [path("close-breaker/", close, name="spotify_close_breaker"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        now = timezone.now()
        state = budget.state(now)
        context = {
            **(extra_context or {}),
            "state": state,
            "ordinary": max(state.budget - state.reserve, 0),
            "closed": budget.closed(now),
            "may_close": request.user.has_perm("spotify.change_breaker"),
        }
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def close_breaker(self, request: HttpRequest) -> HttpResponse:
        """Let calls through again, in the name of who pressed the button."""
        if not request.user.has_perm("spotify.change_breaker"):
            raise PermissionDenied
        if budget.close_breaker(request.user.get_username()):
            messages.success(request, "Calls may pass again; Spotify may still refuse them.")
        else:
            messages.info(request, "The breaker was not open.")
        return redirect("admin:spotify_call_changelist")


@admin.register(Track)
class TrackAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["line", "album", "length", "is_explicit", "fetched_at"]
    list_filter: ClassVar = ["is_explicit"]
    search_fields: ClassVar = ["name", "album", "id", "artists"]
    ordering: ClassVar = ["-fetched_at"]

    @display(description="Length", ordering="duration_ms")
    def length(self, track: Track) -> str:
        minutes, seconds = divmod(track.duration_ms // 1000, 60)
        return f"{minutes}:{seconds:02}"
