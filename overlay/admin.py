"""Overlay addresses in the admin: make one, see whether OBS shows it, test it, end it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display

from overlay import services
from overlay.models import OverlayToken

# In the session: the address to be shown on the next page, and on no other.
TO_SHOW = "overlay_address_to_show"
# The buttons that send a test, and the kind of its cue.
TESTS = {f"test-{kind}": kind for kind in services.KINDS}


@admin.register(OverlayToken)
class OverlayTokenAdmin(ModelAdmin):
    list_display: ClassVar = ["name", "key", "state", "seen", "created_at"]
    ordering: ClassVar = ["revoked_at", "-pk"]
    fields: ClassVar = ["name", "key", "state", "seen", "created_at", "revoked_at"]
    readonly_fields: ClassVar = ["key", "state", "seen", "created_at", "revoked_at"]
    actions: ClassVar = ["revoke_selected"]
    change_form_outer_before_template = "overlay/address.html"

    class Media:
        css: ClassVar = {"all": ["overlay/admin/address.css"]}

    def get_fields(self, request: HttpRequest, obj: OverlayToken | None = None) -> list[str]:
        return self.fields if obj else ["name"]

    def has_delete_permission(self, request: HttpRequest, obj: OverlayToken | None = None) -> bool:
        """An address is revoked instead, which closes its sockets and remembers that it was."""
        return False

    @display(
        description="State",
        label={"on air": "success", "connected": "info", "away": "warning", "revoked": "danger"},
    )
    def state(self, token: OverlayToken) -> str:
        return token.state(timezone.now())

    @display(description="Last seen", ordering="last_seen_at")
    def seen(self, token: OverlayToken) -> str:
        if token.last_seen_at is None:
            return "never"
        if token.is_connected(timezone.now()):
            return "now"
        return f"{timesince(token.last_seen_at, depth=1)} ago"

    @admin.action(description="Revoke: close these overlays now, for good", permissions=["change"])
    def revoke_selected(self, request: HttpRequest, tokens: QuerySet[OverlayToken]) -> None:
        for token in tokens:
            services.revoke(token, timezone.now())
        messages.success(request, "Revoked. What OBS shows of them is gone.")

    def get_urls(self) -> list[URLPattern]:
        decide = require_POST(self.admin_site.admin_view(self.decide))
        return [
            path("<int:token_id>/do/<slug:verb>/", decide, name="overlay_overlaytoken_decide"),
            *super().get_urls(),
        ]

    def decide(self, request: HttpRequest, token_id: int, verb: str) -> HttpResponse:
        """Carry out a button of the address's page."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        token = get_object_or_404(OverlayToken, pk=token_id)
        if verb == "show":
            request.session[TO_SHOW] = token.pk
        elif verb in TESTS:
            services.test_cue(TESTS[verb], timezone.now())
            messages.success(request, "A test is on its way to every overlay.")
        elif verb == "revoke":
            services.revoke(token, timezone.now())
            messages.success(request, "Revoked. What OBS shows of it is gone.")
        else:
            raise Http404
        return redirect("admin:overlay_overlaytoken_change", token.pk)

    def response_add(
        self, request: HttpRequest, obj: OverlayToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        request.session[TO_SHOW] = obj.pk
        return redirect("admin:overlay_overlaytoken_change", obj.pk)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = dict(extra_context or {})
        token = OverlayToken.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        if token and not token.revoked_at:
            context["token"] = token
            context["tests"] = {verb: services.KINDS[kind] for verb, kind in TESTS.items()}
            if request.session.pop(TO_SHOW, None) == token.pk:
                context["address"] = services.address(token)
        return super().change_view(request, object_id, form_url, context)
