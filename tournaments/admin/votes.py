"""Votes and predictions in the admin: a vote is started and cancelled here, the rest is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, F, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from sagas.admin import ReadOnlyAdmin
from sagas.flow import Refused
from tournaments.models import Match, Prediction, Settlement, VoteEvent
from tournaments.services import votes
from tournaments.services.votes import Terms, starting

RIGHT = "tournaments.run_votes"
MINUTE = 60
COLOURS = {"ACTIVE": "success", "COMPLETED": "info", "CANCELLED": "danger"}


class ReasonForm(ActionForm):
    """What is to be done with the chosen votes, and why."""

    reason = forms.CharField(
        label="",
        required=False,
        max_length=300,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "Why"}),
    )


class StartForm(forms.ModelForm):  # type: ignore[type-arg]
    """A vote in a live match."""

    duration = forms.IntegerField(
        min_value=starting.SHORTEST.seconds,
        max_value=starting.LONGEST.seconds,
        initial=MINUTE,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="In seconds. It ends by itself.",
    )

    class Meta:
        model = VoteEvent
        fields: ClassVar = [
            "match",
            "points_award",
            "cost_per_vote",
            "most_per_viewer",
            "quorum",
            "tie_rule",
        ]
        labels: ClassVar = {
            "points_award": "League points to win",
            "cost_per_vote": "What a vote costs",
            "most_per_viewer": "Votes of each viewer",
            "tie_rule": "If both are level",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields.get("match")
        if isinstance(choice, forms.ModelChoiceField):
            live = Match.objects.counting().filter(status=Match.Status.LIVE)
            choice.queryset = live.select_related("home__viewer", "away__viewer")
            choice.help_text = "Matches that are live."
            choice.initial = live.first()
            # Beside the choice there is nothing to do about matches.
            choice.widget.can_view_related = False
            self.initial.update(points_award=1, cost_per_vote=0)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            try:
                votes.may_start(given["match"].pk, terms_of(given))
            except (ValueError, Refused) as refused:
                said = refused.sentence if isinstance(refused, Refused) else str(refused)
                raise forms.ValidationError(said) from refused
        return given


def terms_of(given: dict[str, Any]) -> Terms:
    """Return what a checked form asks for; raises ValueError."""
    return Terms(
        points_award=given["points_award"],
        cost_per_vote=given["cost_per_vote"],
        duration=timedelta(seconds=given["duration"]),
        most_per_viewer=given["most_per_viewer"],
        quorum=given["quorum"],
        tie_rule=VoteEvent.TieRule(given["tie_rule"]),
    )


@admin.register(VoteEvent)
class VoteEventAdmin(ReadOnlyAdmin):
    """Adding one starts it."""

    form = StartForm
    list_display: ClassVar = ["match", "shown_status", "bars", "award", "cost_per_vote", "ends_at"]
    list_filter: ClassVar = ["status", "match__tournament"]
    list_select_related: ClassVar = ["match__home__viewer", "match__away__viewer"]
    search_fields: ClassVar = [
        "id",
        "match__home__viewer__login",
        "match__away__viewer__login",
        "started_by",
    ]
    ordering: ClassVar = ["-started_at"]
    action_form = ReasonForm
    actions: ClassVar = ["cancel_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[VoteEvent]:
        found: QuerySet[VoteEvent] = super().get_queryset(request)
        is_home = Q(votes__participant=F("match__home"))
        return found.annotate(cast=Count("votes"), for_home=Count("votes", filter=is_home))

    def get_fields(self, request: HttpRequest, obj: VoteEvent | None = None) -> list[str]:
        given = [*StartForm.Meta.fields]
        told = ["status", "started_at", "started_by", "ends_at", "ended_at", "home_votes"]
        told += ["away_votes", "home_award", "away_award", "no_award_because", "refunded_at"]
        return [*given, *told] if obj else [*given, "duration"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(RIGHT)) or super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(RIGHT))

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Who may cancel votes, although nobody edits them."""
        return bool(request.user.has_perm(RIGHT))

    @display(description="Status", label=COLOURS)
    def shown_status(self, event: VoteEvent) -> tuple[str, str]:
        return event.status, event.get_status_display()

    @display(description="Votes")
    def bars(self, event: Any) -> str:
        return f"{event.for_home:,} : {event.cast - event.for_home:,}"

    @display(description="Award")
    def award(self, event: VoteEvent) -> str:
        if event.no_award_because:
            return f"none: {event.no_award_because.replace('_', ' ')}"
        if event.status == VoteEvent.Status.COMPLETED:
            return f"{event.home_award} : {event.away_award}"
        return str(event.points_award)

    def save_model(
        self, request: HttpRequest, obj: VoteEvent, form: ModelForm[VoteEvent], change: bool
    ) -> None:
        given = form.cleaned_data
        made = votes.start(
            given["match"].pk,
            terms_of(given),
            by=request.user.get_username(),
            now=timezone.now(),
        )
        # Django writes its own log of the row that it believes to have saved.
        obj.pk, obj.started_at, obj.ends_at = made.pk, made.started_at, made.ends_at

    @admin.action(description="Cancel: no award, and what votes cost is back", permissions=["run"])
    def cancel_selected(self, request: HttpRequest, chosen: QuerySet[VoteEvent]) -> None:
        reason = request.POST.get("reason", "").replace("\0", "").strip()[:300]
        by = request.user.get_username()
        for event in chosen:
            try:
                votes.cancel(event.pk, by=by, now=timezone.now(), reason=reason)
            except Refused as refused:
                messages.error(request, f"{event.match}: {refused.sentence}")
            else:
                messages.success(request, f"{event.match}: the vote is cancelled.")


@admin.register(Prediction)
class PredictionAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["viewer", "match", "side", "points_wagered", "status", "payout"]
    list_filter: ClassVar = ["status", "match__tournament"]
    list_select_related: ClassVar = [
        "viewer",
        "match__home__viewer",
        "match__away__viewer",
    ]
    search_fields: ClassVar = ["id", "viewer__login", "viewer__display_name", "match__id"]
    ordering: ClassVar = ["-made_at"]


@admin.register(Settlement)
class SettlementAdmin(ReadOnlyAdmin):
    list_display: ClassVar = [
        "match",
        "number",
        "outcome",
        "stakes",
        "payouts",
        "refunds",
        "at",
        "reversed_at",
    ]
    list_filter: ClassVar = ["outcome", "match__tournament"]
    list_select_related: ClassVar = ["match__home__viewer", "match__away__viewer"]
    search_fields: ClassVar = ["match__id", "batch"]
    ordering: ClassVar = ["-at"]
