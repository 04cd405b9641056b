"""The watcher in the admin: whose channels these are, what is watched, and what became of posts."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from unfold.admin import TabularInline
from unfold.decorators import display

from sagas.admin import ReadOnlyAdmin
from watcher.models import Attempt, Delivery, Target, Watch, WatchedStream


@admin.register(Target)
class TargetAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["name", "owner", "source", "works", "rests_until", "created_at"]
    list_filter: ClassVar = ["source", "disabled_because"]
    list_select_related: ClassVar = ["owner"]
    search_fields: ClassVar = ["id", "name", "webhook_id", "channel_id", "owner__username"]
    ordering: ClassVar = ["-created_at"]
    # Who has the token can post there.
    exclude: ClassVar = ["webhook_token"]

    @display(description="Works", boolean=True)
    def works(self, target: Target) -> bool:
        return target.disabled_at is None


@admin.register(Watch)
class WatchAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["watched_name", "kind", "target", "mention", "is_active"]
    list_filter: ClassVar = ["kind", "is_active", "mention", "end_action"]
    list_select_related: ClassVar = ["target"]
    search_fields: ClassVar = ["id", "watched_id", "watched_login", "watched_name", "target__name"]
    ordering: ClassVar = ["-created_at"]


@admin.register(WatchedStream)
class WatchedStreamAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["streamer_name", "game_name", "viewers", "started_at", "ended_at"]
    list_filter: ClassVar = [("ended_at", admin.EmptyFieldListFilter), "language"]
    search_fields: ClassVar = ["id", "streamer_login", "streamer_name", "title"]
    ordering: ClassVar = ["-started_at"]


class AttemptInline(TabularInline):
    model = Attempt
    extra = 0
    can_delete = False
    fields: ClassVar = ["at", "verb", "status", "milliseconds", "code", "message", "retry_at"]
    readonly_fields: ClassVar = fields


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["id", "target", "stream", "shown_status", "why", "created_at"]
    list_filter: ClassVar = ["status", "why", "is_test", "created_at"]
    list_select_related: ClassVar = ["target", "stream"]
    search_fields: ClassVar = ["id", "message_id", "target__name", "stream__streamer_login"]
    ordering: ClassVar = ["-created_at"]
    inlines: ClassVar = [AttemptInline]

    @display(
        description="Status",
        ordering="status",
        label={
            "due": "info",
            "posted": "success",
            "closed": "success",
            "dropped": "warning",
            "failed": "danger",
        },
    )
    def shown_status(self, delivery: Delivery) -> tuple[str, str]:
        return delivery.status, delivery.status
