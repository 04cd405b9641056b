"""Making and running tournaments, for the streamer's programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Rights
from rest.bodies import Body
from rest.problems import problem
from rest.queries import BAD_QUERY, NoQuery, PageQuery, Pages
from tournaments.api.refusals import BAD_BODY, NOT_HERE, NOT_NOW, answered
from tournaments.models import Change, Tournament
from tournaments.rules import states
from tournaments.services import creation, steps

SETTINGS = [
    *("name", "description", "max_participants", "matches_per_player"),
    *("quarter_final_legs", "semi_final_legs", "forfeit_goals"),
    *("registration_opens_at", "registration_closes_at", "is_for_subscribers"),
    *("bonus_mode", "most_bonus_per_match", "most_bonus_per_player", "votes_per_player"),
    *("has_votes_on_last_day", "least_stake", "most_stake"),
]


class StepSerializer(serializers.Serializer[Any]):
    to = serializers.ChoiceField(Tournament.Status.choices)
    title = serializers.CharField()
    means = serializers.CharField()


class SettingsSerializer(Body, serializers.ModelSerializer[Tournament]):
    """A tournament with its settings, and the steps that a person can take now."""

    steps = serializers.SerializerMethodField()

    class Meta:
        model = Tournament
        fields: ClassVar = [
            "id",
            "status",
            "revision",
            *SETTINGS,
            "published_at",
            "created_at",
            "steps",
        ]
        read_only_fields: ClassVar = ["id", "status", "revision", "published_at", "created_at"]

    @extend_schema_field(StepSerializer(many=True))
    def get_steps(self, tournament: Tournament) -> list[dict[str, str]]:
        ways = states.by_hand(tournament.status)
        return [{"to": to, "title": way.label, "means": way.means} for to, way in ways.items()]


EXAMPLE = OpenApiExample("A cup", {"name": "Autumn Cup"}, request_only=True)
CUP = {
    "id": "tour_01J9ZH0A1B2C3D4E5F6G7H8J9K",
    "status": "DRAFT",
    "revision": 1,
    "name": "Autumn Cup",
    "description": "",
    "max_participants": 36,
    "matches_per_player": None,
    "quarter_final_legs": 2,
    "semi_final_legs": 2,
    "forfeit_goals": 3,
    "registration_opens_at": "2026-11-01T18:00:00Z",
    "registration_closes_at": None,
    "is_for_subscribers": True,
    "bonus_mode": "counts",
    "most_bonus_per_match": 1,
    "most_bonus_per_player": 3,
    "votes_per_player": 1,
    "has_votes_on_last_day": False,
    "least_stake": 1,
    "most_stake": 1000,
    "published_at": None,
    "created_at": "2026-10-28T12:00:00Z",
    "steps": [
        {
            "to": "REGISTRATION_OPEN",
            "title": "Open registration",
            "means": "Everybody sees the tournament, and viewers can register.",
        }
    ],
}
AS_IT_MAY_BE = OpenApiExample("As it may be", CUP, response_only=True, status_codes=["200", "201"])


class RunningView(ListAPIView[Tournament]):
    permission_classes = [Rights("tournaments.add_tournament")]
    serializer_class = SettingsSerializer
    queryset = Tournament.objects.all()

    class pagination_class(Pages):  # noqa: N801 (DRF's name for it)
        ordering = ("-created_at", "-id")

    @extend_schema(
        operation_id="tournaments_all",
        responses={200: SettingsSerializer(many=True), 400: BAD_QUERY},
        examples=[AS_IT_MAY_BE],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every tournament with its settings, also drafts, the newest first."""
        PageQuery.read(request)
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="tournament_create",
        request=SettingsSerializer,
        responses={201: SettingsSerializer, 400: BAD_BODY, 409: NOT_NOW},
        examples=[
            EXAMPLE,
            AS_IT_MAY_BE,
            problem(
                "Odd",
                "no_format",
                "35 players are an odd number, so on every match day one would have to sit out:"
                " take 34 or 36.",
                409,
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Make a tournament, as a draft; the hashes of its secrets are public from then on."""
        given = SettingsSerializer.read(request)
        with answered():
            made = creation.create(given, by=request.user.get_username(), now=timezone.now())
        return Response(SettingsSerializer(made).data, status.HTTP_201_CREATED)


class SettingsView(APIView):
    permission_classes = [Rights("tournaments.change_tournament")]

    @extend_schema(
        operation_id="tournament_settings",
        responses={200: SettingsSerializer, 404: NOT_HERE},
        examples=[AS_IT_MAY_BE],
    )
    def get(self, request: Request, tournament_id: str) -> Response:
        """A tournament with its settings, also of a draft."""
        NoQuery.read(request)
        with answered():
            found = Tournament.objects.get(pk=tournament_id)
        return Response(SettingsSerializer(found).data)

    @extend_schema(
        operation_id="tournament_change",
        request=SettingsSerializer(partial=True),
        responses={200: SettingsSerializer, 400: BAD_BODY, 404: NOT_HERE, 409: NOT_NOW},
        examples=[
            OpenApiExample("Smaller", {"max_participants": 24}, request_only=True),
            AS_IT_MAY_BE,
        ],
    )
    def patch(self, request: Request, tournament_id: str) -> Response:
        """Change what is given; the size is fixed by the roster, the rules of play by the draw."""
        body = SettingsSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        with answered():
            changed = creation.change(
                tournament_id,
                body.validated_data,
                by=request.user.get_username(),
                now=timezone.now(),
            )
        return Response(SettingsSerializer(changed).data)


class TransitionSerializer(Body):
    to = serializers.ChoiceField(Tournament.Status.choices)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)


class TransitionView(APIView):
    permission_classes = [Rights("tournaments.change_tournament")]

    @extend_schema(
        operation_id="tournament_transition",
        request=TransitionSerializer,
        responses={200: SettingsSerializer, 400: BAD_BODY, 404: NOT_HERE, 409: NOT_NOW},
        examples=[
            OpenApiExample("Open", {"to": "REGISTRATION_OPEN"}, request_only=True),
            AS_IT_MAY_BE,
            problem("No way", "no_way", "A tournament in “draft” cannot go to “knock-outs”.", 409),
        ],
    )
    def post(self, request: Request, tournament_id: str) -> Response:
        """Take a step; `steps` of the tournament lists those that can be taken, and their sense.

        The league phase begins with the draw, what comes after with results. To be in that status
        already is no mistake.
        """
        body = TransitionSerializer.read(request)
        with answered():
            moved = steps.take(
                tournament_id,
                body["to"],
                by=request.user.get_username(),
                now=timezone.now(),
                reason=body["reason"],
            )
        return Response(SettingsSerializer(moved).data)


class ChangeSerializer(serializers.ModelSerializer[Change]):
    class Meta:
        model = Change
        fields: ClassVar = ["id", "verb", "by", "reason", "details", "at"]


class HistoryView(ListAPIView[Change]):
    permission_classes = [Rights("tournaments.curate")]
    serializer_class = ChangeSerializer

    class pagination_class(Pages):  # noqa: N801 (DRF's name for it)
        ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Change]:
        with answered():
            found = Tournament.objects.get(pk=self.kwargs.get("tournament_id"))
        return found.changes.all()

    @extend_schema(
        operation_id="tournament_history",
        responses={200: ChangeSerializer(many=True), 400: BAD_QUERY, 404: NOT_HERE},
        examples=[
            OpenApiExample(
                "As it may be",
                {
                    "id": 12,
                    "verb": "opened_registration",
                    "by": "lea",
                    "reason": "",
                    "details": {},
                    "at": "2026-11-01T18:00:00Z",
                },
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The diary: what was done to a tournament, by whom and why, the newest first."""
        PageQuery.read(request)
        return super().get(request, *args, **kwargs)
