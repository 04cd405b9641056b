"""The ledger in the admin: to look at, and to correct by opposite entries."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from points.models import Account, Decision, Entry, Exchange, Hold, Rates, RewardPoints
from points.services import decisions, ledger, support
from points.services.decisions import By
from points.services.ledger import NotEnough
from sagas.admin import ReadOnlyAdmin
from sagas.flow import Refused
from twitch.models import Reward, Viewer
from twitch.services import viewers

LONGEST_WHY = 150


class WhyForm(ActionForm):
    """What is to be done with the chosen rows, and why."""

    why = forms.CharField(
        label="",
        required=False,
        max_length=LONGEST_WHY,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "Why"}),
    )


class GrantForm(forms.ModelForm):  # type: ignore[type-arg]
    """Points for one viewer, by hand."""

    who = forms.CharField(
        label="Viewer",
        max_length=128,
        widget=UnfoldAdminTextInputWidget,
        help_text="A name, or Twitch's id.",
    )
    amount = forms.IntegerField(
        min_value=-ledger.MOST,
        max_value=ledger.MOST,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="Below zero takes points away.",
    )
    why = forms.CharField(
        max_length=LONGEST_WHY,
        widget=UnfoldAdminTextInputWidget,
        help_text="The viewer can read it.",
    )

    class Meta:
        model = Decision
        fields: ClassVar = ["who", "amount", "why"]

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError("Nothing would change.")
        return amount

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("who"):
            viewer = viewers.find(given["who"])
            given["viewer"] = self.instance.viewer = viewer
            if viewer is None:
                self.add_error("who", "Nobody of that name or id was seen here.")
            elif given.get("amount", 0) < 0:
                self._check_there_is(-given["amount"], viewer)
        # Set before the model's own constraints are looked at.
        self.instance.verb = Decision.Verb.GRANT
        return given

    def _check_there_is(self, amount: int, viewer: Viewer) -> None:
        # Locked until the form is saved: the admin does both in one transaction.
        account = Account.objects.select_for_update().filter(pk=viewer.pk).first()
        available = account.available if account else 0
        if available < amount:
            self.add_error("amount", NotEnough(available, amount).sentence)


def by(request: HttpRequest, why: str) -> By:
    """Return who pressed the button."""
    user = request.user
    return By(user.get_username(), why, user if user.is_authenticated else None)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["viewer", "balance", "held", "owed", "opened_at"]
    list_select_related: ClassVar = ["viewer"]
    search_fields: ClassVar = ["viewer__login", "viewer__display_name", "viewer__id"]
    ordering: ClassVar = ["-balance"]


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["account", "change", "balance_after", "kind", "description", "at"]
    list_filter: ClassVar = ["kind", "cause_type", "at"]
    list_select_related: ClassVar = ["account__viewer"]
    search_fields: ClassVar = [
        "account__viewer__login",
        "account__viewer__display_name",
        "cause_id",
        "batch",
    ]
    ordering: ClassVar = ["-id"]
    action_form = WhyForm
    actions: ClassVar = [
        "reverse_selected",
        "reverse_owing",
        "reverse_batches",
        "reverse_batches_owing",
    ]

    @display(description="Points", ordering="amount")
    def change(self, entry: Entry) -> str:
        return f"{entry.amount:+,}"

    def has_reverse_permission(self, request: HttpRequest) -> bool:
        """Who may correct the ledger, although nobody edits it."""
        return bool(request.user.has_perm("points.add_decision"))

    @admin.action(description="Reverse: make the opposite entries", permissions=["reverse"])
    def reverse_selected(self, request: HttpRequest, chosen: QuerySet[Entry]) -> None:
        self._reverse(request, chosen, owing=False)

    @admin.action(description="Reverse, and what is spent already is owed", permissions=["reverse"])
    def reverse_owing(self, request: HttpRequest, chosen: QuerySet[Entry]) -> None:
        self._reverse(request, chosen, owing=True)

    @admin.action(
        description="Reverse everything that was done with them, as one", permissions=["reverse"]
    )
    def reverse_batches(self, request: HttpRequest, chosen: QuerySet[Entry]) -> None:
        self._reverse_batches(request, chosen, owing=False)

    @admin.action(
        description="Reverse everything that was done with them; what is spent is owed",
        permissions=["reverse"],
    )
    def reverse_batches_owing(self, request: HttpRequest, chosen: QuerySet[Entry]) -> None:
        self._reverse_batches(request, chosen, owing=True)

    def _reverse(self, request: HttpRequest, chosen: QuerySet[Entry], *, owing: bool) -> None:
        if (why := self._why(request)) is None:
            return
        for entry in chosen.select_related("account__viewer"):
            if entry.reversals.exists():
                messages.warning(request, f"{entry} of {entry.account} is reversed already.")
                continue
            try:
                decisions.reverse(entry, by(request, why), owing=owing)
            except Refused as refused:
                messages.error(request, f"{entry} of {entry.account}: {refused.sentence}")
            else:
                messages.success(request, f"{entry} of {entry.account} is reversed.")

    def _reverse_batches(
        self, request: HttpRequest, chosen: QuerySet[Entry], *, owing: bool
    ) -> None:
        if (why := self._why(request)) is None:
            return
        batches = {entry.batch for entry in chosen} - {""}
        if not batches:
            messages.warning(request, "None of these was done together with others.")
        for batch in sorted(batches):
            if not Entry.objects.filter(batch=batch, reversals=None).exists():
                messages.warning(request, f"{batch} is reversed already.")
                continue
            try:
                made = decisions.reverse_batch(batch, by(request, why), owing=owing)
            except Refused as refused:
                messages.error(request, f"Nothing of {batch} is reversed: {refused.sentence}")
            else:
                messages.success(request, f"{len(made)} entries of {batch} are reversed.")

    def _why(self, request: HttpRequest) -> str | None:
        why = request.POST.get("why", "").replace("\0", "").strip()[:LONGEST_WHY]
        if not why:
            messages.error(request, "Say why: the viewers can read it.")
        return why or None


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["account", "amount", "status", "description", "opened_at"]
    list_filter: ClassVar = ["status", "cause_type"]
    list_select_related: ClassVar = ["account__viewer"]
    search_fields: ClassVar = ["id", "account__viewer__login", "cause_id", "batch"]
    ordering: ClassVar = ["-opened_at"]


@admin.register(Decision)
class DecisionAdmin(ModelAdmin):
    """Adding one is to give or take points; each is kept as it is."""

    form = GrantForm
    list_display: ClassVar = ["at", "actor_name", "verb", "viewer", "amount", "why"]
    list_filter: ClassVar = ["verb"]
    list_select_related: ClassVar = ["viewer"]
    search_fields: ClassVar = ["actor_name", "why", "viewer__login"]
    ordering: ClassVar = ["-at"]

    def get_fields(self, request: HttpRequest, obj: Decision | None = None) -> list[str]:
        shown = ["verb", "viewer", "amount", "why", "actor_name", "at"]
        return shown if obj else ["who", "amount", "why"]

    def has_change_permission(self, request: HttpRequest, obj: Decision | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Decision | None = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Decision, form: ModelForm[Decision], change: bool
    ) -> None:
        given = form.cleaned_data
        entry = decisions.grant(given["viewer"], given["amount"], by(request, given["why"]))
        made = Decision.objects.get(pk=entry.cause_id)
        # Django writes its own log of the row that it believes to have saved.
        obj.pk, obj.at, obj.actor_name = made.pk, made.at, made.actor_name
        messages.info(request, f"{given['viewer']} has {entry.balance_after:,} points now.")


class RewardPointsForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = RewardPoints
        fields: ClassVar = ["reward", "amount"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields.get("reward")
        if isinstance(choice, forms.ModelChoiceField):
            choice.queryset = Reward.objects.filter(action="points")
            choice.help_text = "Rewards whose action is to give points."


@admin.register(RewardPoints)
class RewardPointsAdmin(ModelAdmin):
    form = RewardPointsForm
    list_display: ClassVar = ["reward", "amount"]
    list_select_related: ClassVar = ["reward"]
    search_fields: ClassVar = ["reward__title"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: RewardPoints | None = None
    ) -> list[str]:
        return ["reward"] if obj else []


@admin.register(Exchange)
class ExchangeAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["viewer", "amount", "redemption", "created_at"]
    list_select_related: ClassVar = ["viewer", "redemption__viewer"]
    search_fields: ClassVar = ["id", "viewer__login", "viewer__display_name", "redemption__id"]
    ordering: ClassVar = ["-created_at"]


@admin.register(Rates)
class RatesAdmin(ModelAdmin):
    """One row, and so a form where others have a list."""

    fieldsets: ClassVar = [
        (
            "Points for support; 0 is none",
            {
                "fields": [
                    "subscription_tier_1",
                    "subscription_tier_2",
                    "subscription_tier_3",
                    "gifted_subscription",
                    "hundred_bits",
                    "raid",
                ]
            },
        )
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        support.ensure_rates()
        return self.change_view(request, "1", extra_context=extra_context)
