"""A tournament to take along, for spreadsheets, calendars and other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from tournaments.api.reading.views import (
    BAD_QUERY,
    IF_NONE_MATCH,
    NONE_HERE,
    UNCHANGED,
    DocumentView,
    View,
)
from tournaments.services import exports
from tournaments.services.reading import Look

CSV, CALENDAR = "text/csv; charset=utf-8", "text/calendar; charset=utf-8"


class Whatever(BaseContentNegotiation):
    """An address says by its end what it answers, whatever the client says it accepts."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type or ""


class ExportView(DocumentView):
    """A file made of one look at a tournament."""

    content_negotiation_class = Whatever

    def file(
        self, request: Request, look: Look, made: Callable[[], str], kind: str, name: str
    ) -> HttpResponse:
        headers = {
            "ETag": look.etag,
            "Cache-Control": "no-cache",
            "Content-Disposition": f'attachment; filename="{name}"',
        }
        if look.etag in request.headers.get("If-None-Match", ""):
            return HttpResponse(status=304, headers=headers)
        return HttpResponse(made(), content_type=kind, headers=headers)


def documented(operation: str, kind: str, what: str) -> Callable[[View], View]:
    """Describe the GET of a file."""
    file = OpenApiResponse(OpenApiTypes.STR, what)
    described: Callable[[View], View] = extend_schema(
        operation_id=operation,
        parameters=[IF_NONE_MATCH],
        responses={
            (200, kind.partition(";")[0]): file,
            304: UNCHANGED,
            400: BAD_QUERY,
            404: NONE_HERE,
        },
    )
    return described


class WholeView(ExportView):
    @extend_schema(
        operation_id="tournament_export",
        responses={200: OpenApiTypes.OBJECT, 400: BAD_QUERY, 404: NONE_HERE},
    )
    def get(self, request: Request, tournament_id: str) -> Response:
        """Everything that may be seen of a tournament: each document of this API, in one."""
        look = self.look(request, tournament_id)
        name = f'attachment; filename="{tournament_id}.json"'
        return Response(exports.whole(look), headers={"Content-Disposition": name})


class TableView(ExportView):
    @documented("tournament_table_csv", CSV, "The table, best first.")
    def get(self, request: Request, tournament_id: str) -> HttpResponse:
        """The table for a spreadsheet, with what puts each line above the next."""
        look = self.look(request, tournament_id)
        return self.file(request, look, partial(exports.table_csv, look), CSV, "table.csv")


class MatchesView(ExportView):
    @documented("tournament_matches_csv", CSV, "A line for each match.")
    def get(self, request: Request, tournament_id: str) -> HttpResponse:
        """Every match for a spreadsheet."""
        look = self.look(request, tournament_id)
        return self.file(request, look, partial(exports.matches_csv, look), CSV, "matches.csv")


class CalendarView(ExportView):
    @documented("tournament_calendar", CALENDAR, "As RFC 5545 writes it.")
    def get(self, request: Request, tournament_id: str) -> HttpResponse:
        """The scheduled matches for a calendar, which may subscribe to this address."""
        look = self.look(request, tournament_id)
        made = partial(exports.calendar_of, look, now=timezone.now())
        return self.file(request, look, made, CALENDAR, "matches.ics")


class PlayerCalendarView(ExportView):
    @documented("player_calendar", CALENDAR, "As RFC 5545 writes it.")
    def get(self, request: Request, tournament_id: str, player_id: str) -> HttpResponse:
        """The scheduled matches of one player for a calendar."""
        look = self.look(request, tournament_id)
        if player_id not in look.players:
            raise NotFound("There is no such player in this tournament.")
        made = partial(exports.calendar_of, look, now=timezone.now(), player_id=player_id)
        return self.file(request, look, made, CALENDAR, "matches.ics")
