"""The song queue in the admin: requests, rules, what is blocked, and who decided what."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminTextInputWidget

from sagas.admin import ReadOnlyAdmin
from sagas.flow import Refused
from songqueue import texts
from songqueue.models import Block, Decision, Play, SongRequest, SongRules
from songqueue.services import board, door, moderation, rules, snapshot
from songqueue.services.moderation import By


class WhyForm(ActionForm):
    """What is to be done with the chosen rows, and why."""

    why = forms.CharField(
        label="",
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "Why"}),
    )


class BlockForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Block
        fields: ClassVar = ["kind", "value", "reason"]
        help_texts: ClassVar = {
            "value": "A Spotify link or id, a viewer's login or Twitch id, or a word."
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kind, value = given.get("kind", ""), given.get("value", "")
        if kind and value:
            try:
                given["value"] = moderation.named(kind, value)
            except Refused as refused:
                self.add_error("value", refused.sentence)
        return given


def by(request: HttpRequest) -> By:
    """Return who pressed the button."""
    user = request.user
    return By(moderation.Via.ADMIN, user.get_username(), user if user.is_authenticated else None)


def why(request: HttpRequest) -> str:
    return request.POST.get("why", "").strip()[:200]


@admin.register(SongRequest)
class SongRequestAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["song", "viewer", "shown_status", "reason", "created_at"]
    list_filter: ClassVar = ["status", "code", "created_at"]
    list_select_related: ClassVar = ["track", "viewer"]
    search_fields: ClassVar = ["id", "viewer__login", "viewer__display_name", "track__name"]
    ordering: ClassVar = ["-created_at"]
    action_form = WhyForm
    actions: ClassVar = ["skip_selected", "remove_selected", "block_tracks", "block_viewers"]

    @display(description="Song", ordering="track__name")
    def song(self, request: SongRequest) -> str:
        is_over = request.status in SongRequest.ENDS
        return str(request.track or ("none" if is_over else "not found yet"))

    @display(
        description="Status",
        ordering="status",
        label={
            "playing": "success",
            "queued": "info",
            "lined_up": "info",
            "skipped": "warning",
            "removed": "warning",
            "lost": "danger",
            "refused": "warning",
        },
    )
    def shown_status(self, request: SongRequest) -> tuple[str, str]:
        return request.status, request.get_status_display()

    @display(description="Why", ordering="code")
    def reason(self, request: SongRequest) -> str:
        return texts.label(request.code)

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        """Who may decide about requests, although nobody edits them."""
        return bool(request.user.has_perm("songqueue.change_songrequest"))

    def has_block_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("songqueue.add_block"))

    @admin.action(description="Skip the song that plays", permissions=["moderate"])
    def skip_selected(self, request: HttpRequest, chosen: QuerySet[SongRequest]) -> None:
        if not chosen.filter(status=SongRequest.Status.PLAYING).exists():
            messages.warning(request, "None of these plays: remove what waits instead.")
            return
        try:
            decision = moderation.skip(by(request), why=why(request))
        except Refused as refused:
            messages.warning(request, refused.sentence)
        else:
            messages.info(request, f"The player is told to skip {decision.what}.")

    @admin.action(
        description="Remove from the queue; what is not spent yet is refunded",
        permissions=["moderate"],
    )
    def remove_selected(self, request: HttpRequest, chosen: QuerySet[SongRequest]) -> None:
        for row in chosen.select_related("track"):
            try:
                moderation.remove(row, by(request), timezone.now(), why=why(request))
            except Refused as refused:
                messages.warning(request, refused.sentence)
            else:
                messages.success(request, f"Removed {row}.")

    @admin.action(description="Block these songs", permissions=["block"])
    def block_tracks(self, request: HttpRequest, chosen: QuerySet[SongRequest]) -> None:
        for track in {row.track_id for row in chosen if row.track_id}:
            made = moderation.block(Block.Kind.TRACK, track, by(request), why(request))
            messages.success(request, f"{made} is blocked.")

    @admin.action(description="Block these viewers", permissions=["block"])
    def block_viewers(self, request: HttpRequest, chosen: QuerySet[SongRequest]) -> None:
        for viewer in {row.viewer_id for row in chosen}:
            made = moderation.block(Block.Kind.VIEWER, viewer, by(request), why(request))
            messages.success(request, f"{made} is blocked.")


@admin.register(SongRules)
class SongRulesAdmin(ModelAdmin):
    """One row, and so a form where others have a list."""

    fieldsets: ClassVar = [
        ("Requests", {"fields": ["fulfil", "who", "only_while_live", "is_paused"]}),
        ("Songs", {"fields": ["longest_seconds", "explicit_allowed", "repeat_minutes"]}),
        ("The queue", {"fields": ["queue_length", "open_per_viewer", "in_a_row_per_viewer"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        rules.ensure()
        return self.change_view(request, "1", extra_context=extra_context)

    def save_model(
        self, request: HttpRequest, obj: SongRules, form: ModelForm[SongRules], change: bool
    ) -> None:
        is_paused = obj.is_paused
        if "is_paused" in form.changed_data:
            # Written by the decision, which says who it was.
            obj.is_paused = not is_paused
        super().save_model(request, obj, form, change)
        moderation.pause(by(request), is_paused=is_paused)
        door.look_soon()


@admin.register(Block)
class BlockAdmin(ModelAdmin):
    form = BlockForm
    list_display: ClassVar = ["value", "kind", "label", "reason", "made_by", "made_at"]
    list_filter: ClassVar = ["kind"]
    search_fields: ClassVar = ["value", "label", "reason"]
    ordering: ClassVar = ["-id"]

    def get_fields(self, request: HttpRequest, obj: Block | None = None) -> list[str]:
        shown = ["kind", "value", "label", "reason", "made_by", "made_at"]
        return shown if obj else ["kind", "value", "reason"]

    def get_readonly_fields(self, request: HttpRequest, obj: Block | None = None) -> list[str]:
        return ["kind", "value", "label", "made_by", "made_at"] if obj else []

    def save_model(
        self, request: HttpRequest, obj: Block, form: ModelForm[Block], change: bool
    ) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        made = moderation.block(obj.kind, obj.value, by(request), obj.reason)
        obj.pk, obj.label = made.pk, made.label

    def delete_model(self, request: HttpRequest, obj: Block) -> None:
        moderation.unblock(obj, by(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Block]) -> None:
        for blocked in queryset:
            moderation.unblock(blocked, by(request))


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["at", "actor_name", "verb", "what", "why", "via"]
    list_filter: ClassVar = ["verb", "via"]
    search_fields: ClassVar = ["actor_name", "what", "why"]
    ordering: ClassVar = ["-id"]


@admin.register(Play)
class PlayAdmin(ReadOnlyAdmin):
    """What was heard, newest first; above it, how the player stands and when it is read next."""

    list_before_template = "songqueue/player.html"
    list_display = ("heard", "request", "outcome", "started_at", "ended_at")
    list_filter = ("outcome", "kind")
    ordering = ("-started_at",)
    list_select_related = ("track", "request__viewer", "request__track")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        player = snapshot.board()
        context = {**(extra_context or {}), "player": player, "problem": board.problem(player)}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    @display(description="Heard")
    def heard(self, play: Play) -> str:
        return play.track.line if play.track else play.title or play.kind
