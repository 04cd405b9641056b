"""Tournaments in the admin: their settings with reasons, and the steps of their way."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from accounts.services import people
from sagas.flow import Refused
from tournaments.admin.board import RIGHT, Board
from tournaments.admin.forms import StepForm
from tournaments.models import Change, Registration, Tournament
from tournaments.rules import formats, states
from tournaments.services import creation, drawing, steps

STATUS_COLOURS = {
    "DRAFT": "info",
    "REGISTRATION_OPEN": "success",
    "REGISTRATION_CLOSED": "info",
    "AWAITING_SELECTION": "warning",
    "LEAGUE_PHASE": "success",
    "KNOCKOUTS": "success",
    "COMPLETED": "info",
    "CANCELLED": "danger",
}


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Tournament
        fields: ClassVar = "__all__"
        labels: ClassVar = {
            "max_participants": "Players",
            "matches_per_player": "Matches of each",
            "quarter_final_legs": "Legs of a quarter-final",
            "semi_final_legs": "Legs of a semi-final",
            "forfeit_goals": "Goals of a forfeit",
            "is_for_subscribers": "Subscribers only",
            "bonus_mode": "Votes",
            "most_bonus_per_match": "Most vote points in a match",
            "most_bonus_per_player": "Most vote points of a player",
            "votes_per_player": "Votes for each player",
            "has_votes_on_last_day": "Votes on the last match day",
            "least_stake": "Least stake",
            "most_stake": "Highest stake",
        }
        widgets: ClassVar = {
            "description": UnfoldAdminTextareaWidget({"rows": 3}),
            "matches_per_player": UnfoldAdminSelectWidget(
                choices=[("", "what fits the size"), (8, "8"), (6, "6")]
            ),
        }
        help_texts: ClassVar = {
            "max_participants": "How many play: every even number from 8 to 64. 36 is the "
            "Champions League's own size; with fewer the format follows, and is explained before "
            "you publish.",
            "registration_opens_at": "Registration opens by itself then. Empty: by the button.",
            "registration_closes_at": "Registration closes by itself then. Empty: by the button.",
            "is_for_subscribers": "Only subscribers of the channel may register. Twitch is asked "
            "when somebody registers, and again for everybody when you publish the roster.",
            "matches_per_player": "In the league phase, where everybody meets that many others.",
            "quarter_final_legs": "Two legs are fairer, one is quicker.",
            "semi_final_legs": "Two legs are fairer, one is quicker. The final is one match.",
            "bonus_mode": "What viewers' votes can do to the table.",
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        size = cleaned.get("max_participants", self.instance.max_participants)
        each = cleaned.get("matches_per_player", self.instance.matches_per_player)
        if not self.errors and size is not None:
            try:
                formats.format_of(size, each)
            except formats.NoFormat as error:
                raise forms.ValidationError({"max_participants": str(error)}) from error
        return cleaned


@admin.register(Tournament)
class TournamentAdmin(ModelAdmin):
    form = SettingsForm
    list_display: ClassVar = ["name", "shown_status", "registered", "roster", "created_at"]
    list_filter: ClassVar = ["status"]
    search_fields: ClassVar = ["name"]
    ordering: ClassVar = ["-created_at"]
    change_form_outer_before_template = "tournaments/curation/steps.html"
    fieldsets: ClassVar = [
        ("What it is", {"fields": ["name", "description"]}),
        (
            "Who registers",
            {
                "fields": [
                    "registration_opens_at",
                    "registration_closes_at",
                    "is_for_subscribers",
                ]
            },
        ),
        (
            "How it is played",
            {
                "fields": [
                    "max_participants",
                    "matches_per_player",
                    ("quarter_final_legs", "semi_final_legs"),
                    "forfeit_goals",
                ],
                "description": "The size is fixed once the roster is published, the rest by the "
                "draw.",
            },
        ),
        (
            "What viewers decide",
            {
                "fields": [
                    "bonus_mode",
                    ("most_bonus_per_match", "most_bonus_per_player"),
                    ("votes_per_player", "has_votes_on_last_day"),
                    ("least_stake", "most_stake"),
                ]
            },
        ),
    ]

    class Media:
        css: ClassVar = {"all": ["tournaments/curation/steps.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tournament]:
        is_in = ~Q(registrations__status=Registration.Status.WITHDRAWN)
        found: QuerySet[Tournament] = super().get_queryset(request)
        return found.annotate(
            registered_count=Count("registrations", filter=is_in, distinct=True),
            roster_count=Count("participants", distinct=True),
        )

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, tournament: Tournament) -> tuple[str, str]:
        return tournament.status, tournament.get_status_display()

    @display(description="Registered", ordering="registered_count")
    def registered(self, tournament: Any) -> str:
        return str(tournament.registered_count)

    @display(description="Roster")
    def roster(self, tournament: Any) -> str:
        return f"{tournament.roster_count} of {tournament.max_participants}"

    def has_delete_permission(self, request: HttpRequest, obj: Tournament | None = None) -> bool:
        """Only a draft that nobody saw is deleted; others are cancelled, and stay in the books."""
        if obj is not None and obj.status != states.DRAFT:
            return False
        may: bool = super().has_delete_permission(request, obj)
        return may

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        found: dict[str, Any] = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    def get_readonly_fields(self, request: HttpRequest, obj: Tournament | None = None) -> list[str]:
        if obj is None:
            return []
        if obj.status in Tournament.ENDS:
            return [field.name for field in obj._meta.fields if field.editable]
        return sorted(creation.fixed_settings(obj))

    def save_model(
        self, request: HttpRequest, obj: Tournament, form: ModelForm[Tournament], change: bool
    ) -> None:
        by, now = request.user.get_username(), timezone.now()
        if change:
            given = {name: form.cleaned_data[name] for name in form.changed_data}
            creation.change(obj.pk, given, by=by, now=now)
            return
        made = creation.create(form.cleaned_data, by=by, now=now)
        obj.pk = made.pk
        obj._state.adding = False

    def get_urls(self) -> list[URLPattern]:
        step = require_POST(self.admin_site.admin_view(self.step))
        return [
            *Board(self.admin_site).urls,
            path("<str:tournament_id>/step/", step, name="tournaments_step"),
            *super().get_urls(),
        ]

    def step(self, request: HttpRequest, tournament_id: str) -> HttpResponse:
        """Take a step of the tournament's way."""
        tournament = get_object_or_404(Tournament, pk=tournament_id)
        if not self.has_change_permission(request, tournament):
            raise PermissionDenied
        form = StepForm(request.POST)
        if not form.is_valid():
            messages.error(request, "That is no step, or the reason is too long.")
            return redirect("admin:tournaments_tournament_change", tournament.pk)
        by = request.user.get_username()
        try:
            moved = steps.take(tournament.pk, by=by, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, f"{moved}: {moved.get_status_display()}.")
        return redirect("admin:tournaments_tournament_change", tournament.pk)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        # The list's links have the id as the admin quotes it.
        tournament = Tournament.objects.filter(pk=unquote(object_id)).first()
        context = dict(extra_context or {})
        if tournament is not None:
            ways = states.by_hand(tournament.status)
            context |= {
                "tournament": tournament,
                "ways": ways if self.has_change_permission(request, tournament) else {},
                "draw_due": drawing.due(tournament),
                "is_drawn": tournament.status in Tournament.PLAYED,
                "may_curate": request.user.has_perm(RIGHT),
                "diary": _diary(tournament),
                "count": tournament.registrations.exclude(
                    status=Registration.Status.WITHDRAWN
                ).count(),
                "roster_count": tournament.participants.count(),
            }
        answer: HttpResponse = super().change_view(request, object_id, form_url, context)
        return answer


def _diary(tournament: Tournament) -> list[tuple[Change, str]]:
    """Return the newest changes, each with what whoever made it is called."""
    changes = list(tournament.changes.all()[:8])
    names = people.names(change.by for change in changes)
    return [(change, names.get(change.by, change.by)) for change in changes]
