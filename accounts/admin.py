"""People in the admin: who they are, what they may do, and whether they are banned."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import ManyToManyField, Q, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts.models import User
from accounts.services import people

# Groups are roles and come from the code; allauth's tables hold nothing to be edited.
for model in (Group, EmailAddress, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(model)


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields: ClassVar = ["is_banned"]
        labels: ClassVar = {
            "groups": "Roles",
            "is_staff": "Staff",
            "is_superuser": "Administrator",
            "is_active": "Switched on",
        }
        help_texts: ClassVar = {
            "username": "As manage.py sign_in_link calls this account.",
            "groups": "What they moderate.",
            "is_staff": "May open the admin, to see and do there what their rights say.",
            "is_superuser": "May do everything.",
            "is_active": "Off: nobody signs in with this account.",
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("is_banned") and self.instance.is_superuser:
            self.add_error("is_banned", people.AN_ADMINISTRATOR)
        if not cleaned.get("is_banned"):
            cleaned["banned_reason"] = ""
        return cleaned


@admin.register(User)
class UserAdmin(ModelAdmin):
    """People come by signing in, and administrators by link: nobody is added here."""

    form = UserForm
    list_display: ClassVar = ["name", "standing", "signs_in_with", "last_login", "date_joined"]
    list_filter: ClassVar = ["is_banned", "is_staff", "groups"]
    list_select_related: ClassVar = ["viewer"]
    search_fields: ClassVar = ["username", "viewer__login", "viewer__display_name", "viewer__id"]
    ordering: ClassVar = ["-date_joined"]
    autocomplete_fields: ClassVar = ["viewer"]
    readonly_fields: ClassVar = ["username", "signs_in_with", "last_login", "date_joined"]
    actions: ClassVar = ["ban_selected", "unban_selected"]
    fieldsets: ClassVar = [
        (None, {"fields": ["username", "viewer", "signs_in_with", "last_login", "date_joined"]}),
        ("Banned", {"fields": ["is_banned", "banned_reason"]}),
        ("Rights", {"fields": ["groups", "is_staff", "is_superuser", "is_active"]}),
    ]
    # What only an administrator may hand out.
    rights: ClassVar = ["viewer", "groups", "is_staff", "is_superuser", "is_active"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("socialaccount_set", "groups")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        more = [] if request.user.is_superuser else self.rights
        return [*self.readonly_fields, *more]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """An account is switched off instead, or its person deletes it, with all that is theirs."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        is_above = bool(obj and obj.is_superuser and not request.user.is_superuser)
        return super().has_change_permission(request, obj) and not is_above

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **options: Any
    ) -> Any:
        options["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
        return super().formfield_for_manytomany(db_field, request, **options)

    @display(description="Name", ordering="username")
    def name(self, user: User) -> str:
        return user.name

    @display(
        description="Is",
        label={"administrator": "success", "staff": "info", "banned": "danger", "off": "warning"},
    )
    def standing(self, user: User) -> str:
        if user.is_banned:
            return "banned"
        if not user.is_active:
            return "off"
        if user.is_staff:
            return "administrator" if user.is_superuser else "staff"
        return ", ".join(sorted(group.name for group in user.groups.all())) or "viewer"

    @display(description="Signs in with", empty_value="a link")
    def signs_in_with(self, user: User) -> str | None:
        known = [f"{a.provider.title()} ({a.extra_data['name']})" for a in _identities(user)]
        return ", ".join(known) or None

    @admin.action(description="Ban: they may look, but not take part", permissions=["change"])
    def ban_selected(self, request: HttpRequest, users: QuerySet[User]) -> None:
        chosen = users.exclude(Q(is_superuser=True) | Q(is_banned=True))
        for user in chosen:
            people.ban(user, "")
            self.log_change(request, user, "Banned.")
        messages.success(request, "Banned. Write the reason on the person's own page.")

    @admin.action(description="Unban: they may take part again", permissions=["change"])
    def unban_selected(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in users.filter(is_banned=True):
            people.unban(user)
            self.log_change(request, user, "Unbanned.")
        messages.success(request, "They may take part again.")


def _identities(user: User) -> list[SocialAccount]:
    known: list[SocialAccount] = list(user.socialaccount_set.all())  # type: ignore[attr-defined]
    return sorted(known, key=lambda account: account.provider)
