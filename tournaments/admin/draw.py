"""Draws in the admin: what was promised and what came of it; the draw itself has a page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display

from tournaments.models import Drawing


@admin.register(Drawing)
class DrawingAdmin(ModelAdmin):
    """Looks only: no secret before it is published, and nothing of a result before it is shown."""

    list_display = ["tournament", "purpose", "drawn_at", "revealed_at", "page"]
    list_filter = ["purpose"]
    list_select_related = ["tournament"]
    search_fields = ["tournament__name"]
    ordering = ["-tournament__created_at", "pk"]
    fields = [
        *("tournament", "purpose", "version", "commitment", "published_secret"),
        *("drawn_at", "drawn_by", "revealed_at", "page"),
    ]
    readonly_fields = fields

    @display(description="Secret")
    def published_secret(self, drawing: Drawing) -> str:
        return drawing.secret if drawing.revealed_at else "is published with the result"

    @display(description="Page")
    def page(self, drawing: Drawing) -> str:
        address = reverse("tournament_draw", args=[drawing.tournament_id])
        return format_html('<a href="{}">Ceremony and proof</a>', address)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
