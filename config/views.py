"""What belongs to no app: the front page, the API's schema, and what is said when nothing fits."""

from __future__ import annotations

from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from rest import problems
from rest.queries import Query
from studio.services import health
from tournaments.models import Tournament
from tournaments.services import reading
from tournaments.services.reading import Look

API = "/api/"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Everybody sees what is on; staff see how everything is, too."""
    user = request.user
    return render(
        request,
        "home.html",
        {
            "rehearsal": settings.REHEARSAL,
            "console_url": f"http://localhost:{settings.REHEARSAL_PORT}/",
            "report": health.report() if user.is_authenticated and user.is_staff else None,
            **_on_now(),
        },
    )


def _on_now() -> dict[str, Any]:
    """Return the tournament that is on, with its live matches; or the one to register for."""
    shown = Tournament.objects.shown().open()
    tournament = (
        shown.filter(pk=reading.on_now()["tournament"]).first()
        or shown.filter(status=Tournament.Status.REGISTRATION_OPEN).first()
    )
    if tournament is None:
        return {"tournament": None}
    return {"tournament": tournament, "live": reading.live_matches(Look(tournament))}


class SchemaQuery(Query):
    format = serializers.ChoiceField(["json", "yaml"], required=False)


class SchemaView(SpectacularAPIView):
    """The API's schema; a language or a version may not be chosen, as there is one of each."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        SchemaQuery.read(request)
        renderer = request.accepted_renderer
        return HttpResponse(
            _schema_by(renderer),
            content_type=request.accepted_media_type,
            charset=renderer.charset,
            headers={"Content-Disposition": f'inline; filename="greenroom.{renderer.format}"'},
        )


_schemas: dict[str, str | bytes] = {}
_making_schema = Lock()


def _schema_by(renderer: BaseRenderer) -> str | bytes:
    """Return the schema as this renderer writes it; for everybody it is the same.

    To make it takes seconds, and what makes it does not bear two at once.
    """
    with _making_schema:
        if renderer.media_type not in _schemas:
            document = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
            _schemas[renderer.media_type] = renderer.render(document, renderer_context={})
        return _schemas[renderer.media_type]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django refuses: 400."""
    if request.path.startswith(API):
        return problems.answer(400, "bad_request", "This request makes no sense.")
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that nothing is at: 404."""
    if request.path.startswith(API):
        return problems.answer(404, "not_found", "There is nothing at this address.")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a request that failed through no fault of its own: 500."""
    if request.path.startswith(API):
        return problems.answer(500, "server_error", "Something went wrong on our side.")
    return defaults.server_error(request)
