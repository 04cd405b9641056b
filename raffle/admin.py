"""Rolls in the admin, to look at."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from raffle.models import Roll


@admin.register(Roll)
class RollAdmin(ModelAdmin):
    list_display = [
        "viewer",
        "roll",
        "winning_number",
        "distance",
        "is_win",
        "is_record",
        "rolled_at",
    ]
    list_filter = ["is_win", "is_record", "rolled_at"]
    list_select_related = ["viewer"]
    search_fields = ["id", "viewer__display_name", "viewer__login", "redemption__id"]
    ordering = ["-created_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Roll | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Roll | None = None) -> bool:
        return False
