"""Rewards in the admin, which are settings on Twitch."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

from sagas.flow import Unsure, Wait
from twitch import registry
from twitch.client.errors import HelixError, Unreachable
from twitch.models import Reward
from twitch.services import rewards
from twitch.services.rewards import NotOnTwitch

NO_TWITCH = (NotOnTwitch, Wait, Unsure, HelixError, Unreachable)

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
        why = reward.paused_why.replace("_", " ")
        paused = f"Paused by Greenroom for now: {why}." if why else ""
        return reward.problem or foreign or paused or "Fine"

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
