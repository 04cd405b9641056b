"""Connections in the admin: how each stands, never what it holds."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display

from sagas.admin import ReadOnlyAdmin
from tokens import services
from tokens.models import Token, TokenQuerySet


@admin.register(Token)
class TokenAdmin(ReadOnlyAdmin):
    list_display: ClassVar = [
        "__str__",
        "account_name",
        "shown_state",
        "expires_at",
        "validated_at",
        "retry_at",
    ]
    list_before_template = "tokens/connections.html"
    fields: ClassVar = [
        "provider",
        "role",
        "account_name",
        "account_id",
        "shown_state",
        "reconnect_reason",
        "scopes",
        "expires_at",
        "connected_at",
        "refreshed_at",
        "validated_at",
        "refresh_failures",
        "retry_at",
    ]
    readonly_fields: ClassVar = fields

    @display(
        description="State",
        label={"connected": "success", "reconnect_needed": "danger", "unavailable": "warning"},
    )
    def shown_state(self, token: Token) -> str:
        return token.state

    def get_queryset(self, request: HttpRequest) -> TokenQuerySet:
        return Token.objects.without_secrets()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "connections": services.connections()}
        response: HttpResponse = super().changelist_view(request, context)
        return response
