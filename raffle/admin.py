"""Rolls in the admin, to look at."""

from __future__ import annotations

from django.contrib import admin

from raffle.models import Roll
from sagas.admin import ReadOnlyAdmin


@admin.register(Roll)
class RollAdmin(ReadOnlyAdmin):
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
