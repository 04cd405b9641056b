"""Twitch's part in the admin: rewards and texts to change, the rest to look at."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from sagas.admin import ReadOnlyAdmin
from sagas.flow import Unsure, Wait
from twitch import registry, rules
from twitch.client.errors import HelixError, Unreachable
from twitch.models import (
    ChatText,
    Message,
    MessageConflict,
    Raid,
    Redemption,
    Reward,
    StreamSession,
    Subscription,
    Viewer,
)
from twitch.services import rewards
from twitch.services.rewards import NotOnTwitch

NO_TWITCH = (NotOnTwitch, Wait, Unsure, HelixError, Unreachable)


# --- Rewards ---------------------------------------------------------------------------------


SETTINGS = [
    "title",
    "action",
    "cost",
    "prompt",
    "needs_input",
    "is_enabled",
    "is_paused",
    "cooldown_seconds",
    "max_per_stream",
    "max_per_viewer_per_stream",
]


class RewardForm(forms.ModelForm):  # type: ignore[type-arg]
    action = forms.ChoiceField(
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="What a redemption starts.",
    )

    class Meta:
        model = Reward
        fields: ClassVar = SETTINGS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A reward that was made elsewhere is only shown, and its form has no fields.
        choice = self.fields.get("action")
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [("", "Nothing")] + [
                (found.name, found.label) for found in registry.actions().values()
            ]


@admin.register(Reward)
class RewardAdmin(ModelAdmin):
    form = RewardForm
    list_display: ClassVar = ["title", "cost", "action", "is_enabled", "health", "checked_at"]
    list_filter: ClassVar = ["made_by_us", "is_enabled", "action"]
    search_fields: ClassVar = ["title", "twitch_id"]
    ordering: ClassVar = ["-made_by_us", "title"]
    actions_list: ClassVar = ["check_now"]
    findings: ClassVar = ["state", "twitch_id", "skips_queue", "checked_at", "deleted_at"]
    fieldsets: ClassVar = [
        ("Settings on Twitch", {"fields": SETTINGS}),
        ("What the last check found", {"fields": findings}),
    ]

    @display(description="State", label={"problem": "danger", "foreign": "info", "fine": "success"})
    def health(self, reward: Reward) -> tuple[str, str]:
        kind = "problem" if reward.problem else "fine" if reward.made_by_us else "foreign"
        return kind, self.state(reward)

    @display(description="State")
    def state(self, reward: Reward) -> str:
        foreign = "" if reward.made_by_us else "It cannot be refunded: made elsewhere."
        return reward.problem or foreign or "Fine"

    @action(description="Check now", url_path="check", permissions=["change"])
    def check_now(self, request: HttpRequest) -> HttpResponse:
        try:
            found = rewards.lint()
        except NO_TWITCH as error:
            messages.error(request, f"Twitch could not be asked: {error}")
        else:
            for reward in found:
                messages.warning(request, f"{reward.title}: {reward.problem}")
            if not found:
                messages.success(request, "Every reward is as it should be.")
        return redirect("admin:twitch_reward_changelist")

    def get_fieldsets(self, request: HttpRequest, obj: Reward | None = None) -> list[Any]:
        return list(self.fieldsets if obj else self.fieldsets[:1])

    def get_readonly_fields(self, request: HttpRequest, obj: Reward | None = None) -> list[str]:
        is_foreign = obj is not None and bool(obj.twitch_id) and not obj.made_by_us
        return [*SETTINGS, *self.findings] if is_foreign else list(self.findings)

    def has_delete_permission(self, request: HttpRequest, obj: Reward | None = None) -> bool:
        """Only what is not on Twitch: deleting it there spends the points of open redemptions."""
        return obj is not None and (not obj.twitch_id or obj.deleted_at is not None)

    def save_model(
        self, request: HttpRequest, obj: Reward, form: ModelForm[Reward], change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        # Twitch is told outside of the admin's transaction; what it refuses stays here as a draft.
        transaction.on_commit(lambda: self._tell_twitch(request, obj))

    def _tell_twitch(self, request: HttpRequest, reward: Reward) -> None:
        try:
            if reward.twitch_id and reward.deleted_at is None:
                rewards.update_on_twitch(reward)
            else:
                reward.twitch_id = ""
                rewards.create_on_twitch(reward)
        except NO_TWITCH as error:
            Reward.objects.filter(pk=reward.pk).update(problem=f"Not on Twitch: {error}"[:200])
            messages.error(
                request, f"Saved here, but not on Twitch: {error} Save again to try again."
            )
        else:
            messages.info(request, "Twitch has these settings now.")


# --- Texts -----------------------------------------------------------------------------------


class ChatTextForm(forms.ModelForm):  # type: ignore[type-arg]
    name = forms.ChoiceField(widget=UnfoldAdminSelectWidget)

    class Meta:
        model = ChatText
        fields: ClassVar = ["name", "text"]
        widgets: ClassVar = {"text": UnfoldAdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The name of a text that is there already is only shown.
        choice = self.fields.get("name")
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(text.name, text.name) for text in registry.texts().values()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        known = registry.texts().get(self.instance.name or cleaned.get("name", ""))
        if known is None:
            return cleaned
        unknown = rules.unknown_placeholders(cleaned.get("text", ""), known.variables)
        if unknown:
            variables = ", ".join(f"{{{name}}}" for name in known.variables)
            raise forms.ValidationError(
                f"{{{unknown[0]}}} is not known here. What can be filled in: {variables}."
            )
        return cleaned


@admin.register(ChatText)
class ChatTextAdmin(ModelAdmin):
    form = ChatTextForm
    list_display: ClassVar = ["name", "text"]
    list_before_template = "twitch/texts.html"
    fields: ClassVar = ["name", "variables", "text", "preview", "default"]

    def get_readonly_fields(self, request: HttpRequest, obj: ChatText | None = None) -> list[str]:
        return ["name", "variables", "preview", "default"] if obj else ["variables", "default"]

    def get_fields(self, request: HttpRequest, obj: ChatText | None = None) -> list[str]:
        return list(self.fields) if obj else ["name", "text"]

    @display(description="Can be filled in")
    def variables(self, text: ChatText) -> str:
        known = registry.texts().get(text.name)
        return " ".join(f"{{{name}}}" for name in known.variables) if known else "Nothing"

    @display(description="As it comes with Greenroom")
    def default(self, text: ChatText) -> str:
        known = registry.texts().get(text.name)
        return known.default if known else "Nothing says this any more."

    @display(description="In chat it reads")
    def preview(self, text: ChatText) -> str:
        known = registry.texts().get(text.name)
        examples = {name: EXAMPLES.get(name, "42") for name in known.variables} if known else {}
        return rules.chat_line(rules.fill(text.text, examples)) or "Nothing is said."

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        reworded = set(ChatText.objects.values_list("name", flat=True))
        texts = [text for text in registry.texts().values() if text.name not in reworded]
        response: HttpResponse = super().changelist_view(
            request, {**(extra_context or {}), "texts": texts}
        )
        return response


EXAMPLES = {"viewer": "Mo", "reason": "Something went wrong on our side."}


# --- To look at ------------------------------------------------------------------------------


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
    def peak_viewers(self, session: StreamSession) -> int | None:
        return session.peak_viewers

    @display(description="Viewers on average")
    def average_viewers(self, session: StreamSession) -> int | None:
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
