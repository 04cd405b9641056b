"""What the board's forms send: marks, seeds, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.http import QueryDict

from tournaments.models import Registration, Tournament
from tournaments.services.curation import seeds
from tournaments.services.curation.board import Filter
from tournaments.services.curation.draft import Marks

MOST_TAGS = 10
_SWITCHES = ("is_chosen", "is_pinned", "is_passed_over")
_TEXTS = ("note", "tags", "avoid_group")
_YES = [("", ""), ("1", "yes"), ("0", "no")]


class _Switch(forms.TypedChoiceField):
    """Yes, no, or not said (None)."""

    def __init__(self) -> None:
        super().__init__(
            choices=_YES, coerce=lambda value: value == "1", required=False, empty_value=None
        )


class MarkForm(forms.Form):
    """Marks of one or more registrations; what is not sent stays."""

    is_chosen, is_pinned, is_passed_over = _Switch(), _Switch(), _Switch()
    note = forms.CharField(required=False, max_length=500)
    tags = forms.CharField(required=False, max_length=400)
    avoid_group = forms.CharField(required=False, max_length=30)

    def clean_tags(self) -> list[str]:
        tags = [tag.strip() for tag in self.cleaned_data["tags"].split(",")]
        tags = list(dict.fromkeys(tag for tag in tags if tag))
        if len(tags) > MOST_TAGS or any(len(tag) > 30 for tag in tags):
            raise forms.ValidationError(f"At most {MOST_TAGS} tags of 30 characters.")
        return tags

    @property
    def registrations(self) -> list[str]:
        return self.data.getlist("registration") if isinstance(self.data, QueryDict) else []

    @property
    def marks(self) -> Marks:
        """What was sent, and only that."""
        given: dict[str, Any] = {name: self.cleaned_data[name] for name in _SWITCHES}
        given |= {name: self.cleaned_data[name] for name in _TEXTS if name in self.data}
        return Marks(**given)


class SeedForm(forms.Form):
    """A rule for everybody, or one player's seed."""

    rule = forms.ChoiceField(choices=[("", ""), *seeds.By.choices], required=False)
    registration = forms.CharField(required=False, max_length=40)
    seed = forms.IntegerField(required=False, min_value=1, max_value=64)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_one = bool(cleaned.get("registration")) and bool(cleaned.get("seed"))
        if bool(cleaned.get("rule")) == is_one:
            raise forms.ValidationError("Choose how to seed, or give one player a number.")
        return cleaned


class ReasonForm(forms.Form):
    """A few words for the diary, and whether to let in who does not subscribe."""

    reason = forms.CharField(required=False, max_length=300)
    registration = forms.CharField(required=False, max_length=40)
    without_subscription = forms.BooleanField(required=False)

    @property
    def substitution(self) -> dict[str, Any]:
        """What `replace` is told of it."""
        given = dict(self.cleaned_data)
        given["registration_id"] = given.pop("registration")
        return given


class StepForm(forms.Form):
    """Where a tournament shall go, and why."""

    to = forms.ChoiceField(choices=Tournament.Status.choices)
    reason = forms.CharField(required=False, max_length=300)


class FilterForm(forms.Form):
    """What the board shows; a script filters by the same, without a new page."""

    q = forms.CharField(
        required=False, max_length=100, validators=[ProhibitNullCharactersValidator()]
    )
    show = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Everybody"),
            ("chosen", "Chosen"),
            ("open", "Not chosen"),
            ("pinned", "Pinned"),
            ("passed", "Passed over"),
            ("noted", "With a note"),
        ],
    )
    tier = forms.ChoiceField(
        required=False,
        choices=[("", "Any tier"), ("1000", "Tier 1"), ("2000", "Tier 2"), ("3000", "Tier 3")],
    )
    past = forms.ChoiceField(
        required=False,
        choices=[
            ("", "New or not"),
            ("new", "New"),
            ("played", "Played before"),
            ("strikes", "With strikes"),
        ],
    )

    @property
    def wanted(self) -> Filter:
        """The filter; what makes no sense asks for nothing."""
        given = self.cleaned_data if self.is_valid() else {}
        show, past = given.get("show", ""), given.get("past", "")
        return Filter(
            text=given.get("q", ""),
            tier=given.get("tier", ""),
            is_chosen={"chosen": True, "open": False}.get(show),
            is_pinned=True if show == "pinned" else None,
            is_passed_over={"passed": True, "open": False}.get(show),
            has_note=True if show == "noted" else None,
            has_played_before={"new": False, "played": True}.get(past),
            has_strikes=True if past == "strikes" else None,
        )


def undo(before: Registration, after: Registration) -> dict[str, str]:
    """Return what a form would send to take back what was changed from `before` to `after`."""
    names = (*_SWITCHES, *_TEXTS)
    changed = [name for name in names if getattr(before, name) != getattr(after, name)]
    return {name: _sent(getattr(before, name)) for name in changed}


def _sent(value: bool | str | list[str]) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return str(int(value)) if isinstance(value, bool) else value
