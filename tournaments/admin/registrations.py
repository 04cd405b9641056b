"""Registrations and the diary in the admin: to look at; the board is where people choose."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from unfold.decorators import display

from sagas.admin import ReadOnlyAdmin
from tournaments.models import Change, Registration

TIERS = {"1000": "Tier 1", "2000": "Tier 2", "3000": "Tier 3"}


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    list_display: ClassVar = [
        "viewer",
        "tournament",
        "shown_status",
        "subscription",
        "waiting_place",
        "registered_at",
    ]
    list_filter: ClassVar = ["status", "tournament", "tier", "is_gift"]
    list_select_related: ClassVar = ["viewer", "tournament"]
    search_fields: ClassVar = ["viewer__login", "viewer__display_name", "viewer__id", "note"]
    ordering: ClassVar = ["-registered_at", "-id"]

    @display(
        description="Status",
        ordering="status",
        label={
            "PENDING": "info",
            "CONFIRMED": "success",
            "NOT_SELECTED": "warning",
            "WITHDRAWN": "danger",
        },
    )
    def shown_status(self, registration: Registration) -> tuple[str, str]:
        return registration.status, registration.get_status_display()

    @display(description="Subscription", ordering="tier")
    def subscription(self, registration: Registration) -> str:
        tier = TIERS.get(registration.tier, "none")
        return f"{tier}, a gift" if registration.is_gift else tier


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["words", "tournament", "by", "reason", "at"]
    list_filter: ClassVar = ["tournament", "verb"]
    list_select_related: ClassVar = ["tournament"]
    search_fields: ClassVar = ["verb", "by", "reason"]
    ordering: ClassVar = ["-id"]

    @display(description="What was done", ordering="verb")
    def words(self, change: Change) -> str:
        return change.words
