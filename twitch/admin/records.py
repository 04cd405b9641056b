"""What Twitch told us, in the admin, to look at."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from sagas.admin import ReadOnlyAdmin
from twitch.models import (
    Message,
    MessageConflict,
    Raid,
    Redemption,
    StreamSession,
    Subscription,
    Viewer,
)


@admin.register(Redemption)
class RedemptionAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["reward_title", "viewer", "shown_status", "cost", "redeemed_at"]
    list_filter: ClassVar = ["status", "reward"]
    list_select_related: ClassVar = ["viewer"]
    search_fields: ClassVar = ["id", "viewer__login", "viewer__display_name"]
    ordering: ClassVar = ["-redeemed_at"]

    @display(
        description="Status",
        ordering="status",
        label={
            "UNFULFILLED": "info",
            "FULFILLED": "success",
            "CANCELED": "warning",
            "UNKNOWN": "danger",
        },
    )
    def shown_status(self, redemption: Redemption) -> tuple[str, str]:
        return redemption.status, redemption.get_status_display()


@admin.register(StreamSession)
class StreamSessionAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["started_at", "ended_at", "peak_viewers", "average_viewers", "titles"]
    list_filter: ClassVar = ["started_at"]
    search_fields: ClassVar = ["id", "chapters__title", "chapters__category_name"]
    ordering: ClassVar = ["-started_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StreamSession]:
        return StreamSession.objects.with_viewers().prefetch_related("chapters")

    @display(description="Most viewers")
    def peak_viewers(self, session: Any) -> int | None:
        return session.peak_viewers

    @display(description="Viewers on average")
    def average_viewers(self, session: Any) -> int | None:
        return None if session.average_viewers is None else round(session.average_viewers)

    @display(description="Titles")
    def titles(self, session: StreamSession) -> str:
        return " · ".join(dict.fromkeys(chapter.title for chapter in session.chapters.all()))


@admin.register(Raid)
class RaidAdmin(ReadOnlyAdmin):
    list_display: ClassVar = [
        "raider",
        "viewers",
        "raided_at",
        "thanked_at",
        "shouted_out_at",
        "why_no_shoutout",
    ]
    list_filter: ClassVar = ["raided_at"]
    list_select_related: ClassVar = ["raider"]
    search_fields: ClassVar = ["id", "raider__login", "raider__display_name"]
    ordering: ClassVar = ["-raided_at"]


@admin.register(Viewer)
class ViewerAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["display_name", "login", "id", "first_seen_at"]
    search_fields: ClassVar = ["display_name", "login", "id"]
    ordering: ClassVar = ["login"]


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["type", "message_id", "transport", "sent_at", "received_at"]
    list_filter: ClassVar = ["type", "transport"]
    search_fields: ClassVar = ["message_id"]
    ordering: ClassVar = ["-id"]
    show_full_result_count = False


@admin.register(MessageConflict)
class MessageConflictAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["type", "message_id", "received_at"]
    ordering: ClassVar = ["-id"]


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["type", "version", "transport", "shown_status", "seen_at"]
    list_filter: ClassVar = ["status", "transport"]
    ordering: ClassVar = ["type"]

    @display(description="Status", ordering="status", label={"enabled": "success"})
    def shown_status(self, subscription: Subscription) -> str:
        return subscription.status
