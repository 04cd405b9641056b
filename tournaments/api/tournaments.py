"""The tournaments that everybody may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from rest.queries import BAD_QUERY, PageQuery, Pages
from tournaments.api.reading import shapes
from tournaments.api.reading.views import DocumentView, documented
from tournaments.models import Registration, Tournament
from tournaments.services import reading, registrations

PLAYED_NOW = (Tournament.Status.LEAGUE_PHASE, Tournament.Status.KNOCKOUTS)
# Whose registration counts.
IN = ~Q(registrations__status=Registration.Status.WITHDRAWN)

EXAMPLE = {
    "id": "tour_01J9ZH0A1B2C3D4E5F6G7H8J9K",
    "name": "Autumn Cup",
    "description": "36 players, one table.",
    "status": "REGISTRATION_OPEN",
    "max_participants": 36,
    "registered": 61,
    "participants": 0,
    "is_registration_open": True,
    "is_for_subscribers": True,
    "registration_opens_at": "2026-11-01T18:00:00Z",
    "registration_closes_at": "2026-11-08T18:00:00Z",
    "created_at": "2026-10-28T12:00:00Z",
}


class TournamentSerializer(serializers.ModelSerializer[Tournament]):
    """A tournament in a list."""

    registered = serializers.IntegerField(help_text="Who has registered and not withdrawn.")
    participants = serializers.IntegerField(
        source="players", help_text="Players of the published roster."
    )
    is_registration_open = serializers.SerializerMethodField()

    class Meta:
        model = Tournament
        fields: ClassVar = list(EXAMPLE)

    def get_is_registration_open(self, tournament: Tournament) -> bool:
        return registrations.is_open(tournament, self.context["now"])


def counted(rows: QuerySet[Tournament]) -> QuerySet[Tournament]:
    """Add how many registered, and how many play."""
    return rows.annotate(
        registered=Count("registrations", filter=IN, distinct=True),
        players=Count("participants", distinct=True),
    )


def example(value: Any) -> OpenApiExample:
    return OpenApiExample("As it may be", value, response_only=True, status_codes=["200"])


class _ListView(ListAPIView[Tournament]):
    permission_classes = [AllowAny]
    serializer_class = TournamentSerializer

    class pagination_class(Pages):  # noqa: N801 (DRF's name for it)
        ordering = ("-created_at", "-id")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "now": timezone.now()}


class TournamentsView(_ListView):
    def get_queryset(self) -> QuerySet[Tournament]:
        return counted(Tournament.objects.shown())

    @extend_schema(
        operation_id="tournaments",
        responses={200: TournamentSerializer(many=True), 400: BAD_QUERY},
        examples=[example(EXAMPLE)],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every tournament, the newest first; drafts are not shown."""
        PageQuery.read(request)
        return super().get(request, *args, **kwargs)


class LiveTournamentsView(_ListView):
    def get_queryset(self) -> QuerySet[Tournament]:
        return counted(Tournament.objects.shown().filter(status__in=PLAYED_NOW))

    @extend_schema(
        operation_id="tournaments_live",
        responses={200: TournamentSerializer(many=True), 400: BAD_QUERY},
        examples=[example(EXAMPLE | {"status": "LEAGUE_PHASE", "is_registration_open": False})],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The tournaments that are played now."""
        PageQuery.read(request)
        return super().get(request, *args, **kwargs)


class TournamentDocumentShape(shapes.TournamentShape):
    registered = serializers.IntegerField(help_text="Who has registered and not withdrawn.")
    is_registration_open = serializers.BooleanField()


class TournamentView(DocumentView):
    @documented(
        "tournament",
        TournamentDocumentShape,
        {
            **{name: value for name, value in EXAMPLE.items() if name != "created_at"},
            "status_name": "registration open",
            "revision": 62,
            "is_drawn": False,
            "format": ["36 players in one table, 8 matches each on 8 match days: 144 matches."],
            "rules": ["A match that is forfeited is lost 0–3."],
            "champion": None,
            "cancelled_because": "",
        },
    )
    def get(self, request: Request, tournament_id: str) -> Response:
        """A tournament as a whole: what it is, how far it is, and its format in sentences."""
        now = timezone.now()
        return self.document(request, tournament_id, lambda look: _document(look, now))


def _document(look: reading.Look, now: datetime) -> dict[str, Any]:
    there = look.tournament.registrations.exclude(status=Registration.Status.WITHDRAWN)
    return reading.tournament_document(look) | {
        "registered": there.count(),
        "is_registration_open": registrations.is_open(look.tournament, now),
    }
