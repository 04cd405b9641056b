"""Achievements in the admin: what there is to earn to change, the rest to look at."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from achievements.models import Change, Definition, HeardFact, HiddenViewer, Standing
from achievements.registry import COUNTED
from achievements.services import definitions, standings
from sagas.admin import ReadOnlyAdmin
from twitch.models import Viewer

MOST_NAMED = 100


def _fields_of_facts() -> str:
    words = {bool: "true or false", int: "number", str: "text"}
    return " · ".join(
        f"{source.label}: "
        + ", ".join(f"{name} ({words.get(kind, 'list')})" for name, kind in source.fields.items())
        for source in COUNTED.values()
    )


class DefinitionForm(forms.ModelForm):  # type: ignore[type-arg]
    fact = forms.ChoiceField(widget=UnfoldAdminSelectWidget, help_text="What it is made of.")
    condition = forms.JSONField(
        required=False, initial=dict, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )

    class Meta:
        model = Definition
        exclude: ClassVar = ["applied_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fact, condition = self.fields.get("fact"), self.fields.get("condition")
        if isinstance(fact, forms.ChoiceField):
            fact.choices = [(source.kind, source.label) for source in COUNTED.values()]
        if condition is not None:
            condition.help_text = (
                "Which of these facts count: {} for all, or as"
                ' {"is_win": false, "distance": {"at_most": 100}}. Also: at_least, differs,'
                f" contains. Fields: {_fields_of_facts()}"
            )

    def clean_condition(self) -> Any:
        condition = self.cleaned_data["condition"]
        return {} if condition is None else condition

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            rule = {name: cleaned[name] for name in Definition.RULE}
            if problem := standings.problem_of(Definition(**rule)):
                raise forms.ValidationError(problem)
        return cleaned


@admin.register(Definition)
class DefinitionAdmin(ModelAdmin):
    form = DefinitionForm
    list_display: ClassVar = ["title", "description", "counter", "threshold", "scope", "state"]
    list_filter: ClassVar = ["enabled", "hidden", "category", "counter", "scope"]
    search_fields: ClassVar = ["key", "name", "description"]
    ordering: ClassVar = ["position", "key"]
    actions_detail: ClassVar = ["dry_run"]
    fieldsets: ClassVar = [
        (
            "What viewers see",
            {"fields": ["key", "icon", "name", "description", "category", "position", "hidden"]},
        ),
        (
            "What it takes",
            {
                "fields": [
                    "enabled",
                    "fact",
                    "condition",
                    "counter",
                    "threshold",
                    "scope",
                    "measure",
                    "lowest_is_best",
                ],
                "description": "A changed rule rests until it is applied: see the dry run.",
            },
        ),
    ]

    @display(description="Achievement", ordering="name")
    def title(self, definition: Definition) -> str:
        return f"{definition.icon} {definition.name}"

    @display(
        description="State",
        label={"counts": "success", "rests": "warning", "off": "info", "senseless": "danger"},
    )
    def state(self, definition: Definition) -> tuple[str, str]:
        if not definition.enabled:
            return "off", "Switched off"
        if problem := standings.problem_of(definition):
            return "senseless", problem
        return ("counts", "Counts") if definition.applied_at else ("rests", "To be applied")

    def get_readonly_fields(self, request: HttpRequest, obj: Definition | None = None) -> list[str]:
        return ["key"] if obj else []

    def save_model(
        self, request: HttpRequest, obj: Definition, form: ModelForm[Definition], change: bool
    ) -> None:
        definitions.save(obj, timezone.now())
        if obj.enabled and obj.applied_at is None:
            messages.warning(
                request,
                format_html(
                    'It rests until it is applied. <a class="underline" href="{}">The dry run</a>'
                    " shows who would earn it.",
                    reverse("admin:achievements_definition_dry_run", args=[obj.pk]),
                ),
            )

    @action(description="Dry run", url_path="dry-run", permissions=["change"])
    def dry_run(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show who would win or lose it; a post applies it."""
        definition = Definition.objects.filter(pk=object_id).first()
        if definition is None:
            raise Http404
        user = request.user
        try:
            if request.method == "POST" and user.is_authenticated:
                result = definitions.apply(
                    definition, actor=user, actor_name=user.get_username(), now=timezone.now()
                )
                messages.success(
                    request, f"Applied: {len(result.gained)} won, {len(result.lost)} lost it."
                )
                return redirect("admin:achievements_definition_change", object_id)
            result = definitions.dry_run(definition)
        except definitions.Senseless as error:
            messages.error(request, str(error))
            return redirect("admin:achievements_definition_change", object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Dry run: {definition}",
            "opts": self.opts,
            "definition": definition,
            "result": result,
            "changes": [
                ("would earn it", _names(result.gained), len(result.gained)),
                ("would lose it", _names(result.lost), len(result.lost)),
            ],
        }
        return render(request, "achievements/dry_run.html", context)


def _names(whose: list[tuple[str, str]]) -> list[str]:
    ids = sorted({viewer_id for viewer_id, _ in whose})[:MOST_NAMED]
    return sorted(str(viewer) for viewer in Viewer.objects.filter(pk__in=ids))


@admin.register(HiddenViewer)
class HiddenViewerAdmin(ModelAdmin):
    list_display: ClassVar = ["viewer", "hidden_at"]
    list_select_related: ClassVar = ["viewer"]
    search_fields: ClassVar = ["viewer__login", "viewer__display_name"]
    autocomplete_fields: ClassVar = ["viewer"]
    ordering: ClassVar = ["-hidden_at"]


@admin.register(Standing)
class StandingAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["viewer", "definition", "progress", "earned_at", "passed_at"]
    list_filter: ClassVar = ["definition"]
    list_select_related: ClassVar = ["viewer", "definition"]
    search_fields: ClassVar = ["viewer__login", "viewer__display_name", "viewer__id"]
    ordering: ClassVar = ["-earned_at", "-id"]


@admin.register(HeardFact)
class HeardFactAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["kind", "viewer", "at", "session_id", "is_withdrawn"]
    list_filter: ClassVar = ["kind", "is_withdrawn"]
    list_select_related: ClassVar = ["viewer"]
    search_fields: ClassVar = ["key", "viewer__login", "viewer__id"]
    ordering: ClassVar = ["-id"]
    show_full_result_count = False


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["verb", "subject", "actor_name", "note", "at"]
    list_filter: ClassVar = ["verb"]
    search_fields: ClassVar = ["subject", "note"]
    ordering: ClassVar = ["-id"]
