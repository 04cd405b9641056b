"""Chat commands in the admin: to make and change, and what became of each answer."""

from __future__ import annotations

from copy import copy
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import Truncator
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from sagas.admin import ReadOnlyAdmin
from twitch.models import Command, CommandUse
from twitch.services.commands import editing, listing
from twitch.services.commands.editing import NotPossible

# So much of an answer stands in the list, the rest on its own page.
SHOWN = 60
TEXT = ["kind", "template", "value", "write_permission"]
LIMITS = ["permission", "cooldown_seconds", "viewer_cooldown_seconds", "only_live", "is_enabled"]
COLUMNS = {field.name for field in Command._meta.fields}


class CommandForm(forms.ModelForm):  # type: ignore[type-arg]
    aliases = forms.CharField(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Other names for it, with spaces between them.",
    )

    class Meta:
        model = Command
        fields: ClassVar = ["name", "description", *TEXT, *LIMITS]
        widgets: ClassVar = {"template": UnfoldAdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["aliases"] = " ".join(self.instance.aliases)
        if kind := self.fields.get("kind"):
            kind.choices = [  # type: ignore[attr-defined]
                choice for choice in Command.Kind.choices if choice[0] != Command.Kind.COMPUTED
            ]
        if value := self.fields.get("value"):
            # Chat may update it while the form is open: only what was typed here is saved.
            value.show_hidden_initial = True

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]).lower().removeprefix("!")

    def clean_aliases(self) -> list[str]:
        return [word.removeprefix("!") for word in self.cleaned_data["aliases"].lower().split()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        command = copy(self.instance)
        for name in COLUMNS & cleaned.keys():
            setattr(command, name, cleaned[name])
        try:
            editing.check(command, cleaned["aliases"])
        except NotPossible as error:
            self.add_error(error.field if error.field in self.fields else None, error.sentence)
        return cleaned


@admin.register(Command)
class CommandAdmin(ModelAdmin):
    form = CommandForm
    list_display: ClassVar = [
        "typed",
        "answer",
        "permission",
        "state",
        "cooldown_seconds",
        "count",
        "last_used_at",
    ]
    list_filter: ClassVar = ["kind", "permission", "is_enabled", "only_live"]
    search_fields: ClassVar = ["name", "names__name", "template", "description"]
    ordering: ClassVar = ["name"]
    actions: ClassVar = ["switch_on", "switch_off"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Command]:
        return Command.objects.prefetch_related("names")

    def get_fieldsets(self, request: HttpRequest, obj: Command | None = None) -> list[Any]:
        called = ("How it is called", {"fields": ["name", "aliases", "description"]})
        limits = ("Who may use it, and when", {"fields": LIMITS})
        used = ("So far", {"fields": ["count", "last_used_at"]})
        if obj and obj.handler:
            return [called, limits, used]
        text = [*TEXT, "preview"] if obj else TEXT
        says = ("What it answers", {"fields": text, "description": editing.PLACEHOLDER_HELP})
        return [called, says, limits, used] if obj else [called, says, limits]

    def get_readonly_fields(self, request: HttpRequest, obj: Command | None = None) -> list[str]:
        return ["preview", "count", "last_used_at"]

    @display(description="Command", ordering="name")
    def typed(self, command: Command) -> str:
        return " ".join(f"!{word}" for word in (command.name, *command.aliases))

    @display(description="Answer")
    def answer(self, command: Command) -> str:
        return command.description if command.handler else command.template

    @display(description="State", label={"on": "success", "while live": "info", "off": "warning"})
    def state(self, command: Command) -> str:
        return ("while live" if command.only_live else "on") if command.is_enabled else "off"

    @display(description="In chat it reads")
    def preview(self, command: Command) -> str:
        return listing.example(command, "Mo") or "Nothing, until it has a value."

    @admin.action(description="Switch on", permissions=["change"])
    def switch_on(self, request: HttpRequest, commands: QuerySet[Command]) -> None:
        commands.update(is_enabled=True)

    @admin.action(description="Switch off", permissions=["change"])
    def switch_off(self, request: HttpRequest, commands: QuerySet[Command]) -> None:
        commands.update(is_enabled=False)

    def has_delete_permission(self, request: HttpRequest, obj: Command | None = None) -> bool:
        """A computed command is switched off instead: the next start would bring it back."""
        return super().has_delete_permission(request, obj) and not (obj and obj.handler)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Command]) -> None:
        queryset.filter(handler="").delete()
        if queryset.exists():
            messages.warning(request, "Computed commands stay: switch them off instead.")

    def save_model(
        self, request: HttpRequest, obj: Command, form: ModelForm[Command], change: bool
    ) -> None:
        editing.save(obj, form.cleaned_data["aliases"], COLUMNS.intersection(form.changed_data))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().changeform_view(request, *args, **kwargs)
        except NotPossible as error:
            # Somebody took the name between the check and the save.
            messages.error(request, str(error))
            return redirect(request.path)
        return response


@admin.register(CommandUse)
class CommandUseAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["used_at", "typed", "viewer", "shown_status", "problem", "answer"]
    list_filter: ClassVar = ["status", "command", "problem_code"]
    list_select_related: ClassVar = ["viewer"]
    search_fields: ClassVar = ["message_id", "name", "viewer__login", "viewer__display_name"]
    ordering: ClassVar = ["-used_at"]
    show_full_result_count = False

    @display(description="Command")
    def typed(self, use: CommandUse) -> str:
        return f"!{use.name}"

    @display(description="Answer", ordering="reply")
    def answer(self, use: CommandUse) -> str:
        return Truncator(use.reply).chars(SHOWN)

    @display(
        description="What became of it",
        ordering="status",
        label={
            "silent": "info",
            "sending": "info",
            "sent": "success",
            "dropped": "danger",
            "unsure": "warning",
        },
    )
    def shown_status(self, use: CommandUse) -> tuple[str, str]:
        return use.status, use.get_status_display()
