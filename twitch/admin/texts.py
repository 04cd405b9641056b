"""Chat texts in the admin, for the streamer to reword."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from twitch import registry, rules
from twitch.models import ChatText


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
