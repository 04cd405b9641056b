"""The raffle for client apps."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import F, QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from points.services import people
from raffle.models import Roll
from rest.problems import Problem
from rest.queries import BAD_QUERY, LimitQuery, NoQuery, PageQuery, Pages


class LeaderboardQuery(LimitQuery):
    sort = serializers.ChoiceField(["rolls", "wins", "closest"], default="closest")


class StandingSerializer(serializers.Serializer[dict[str, Any]]):
    """What one viewer has rolled so far."""

    viewer_id = serializers.CharField(help_text="Twitch's user id.")
    display_name = serializers.CharField()
    rolls = serializers.IntegerField()
    wins = serializers.IntegerField()
    closest_distance = serializers.IntegerField(
        allow_null=True, help_text="Of rolls that did not win; null when there is none."
    )
    closest_roll = serializers.IntegerField(allow_null=True)
    closest_winning_number = serializers.IntegerField(allow_null=True)
    last_rolled_at = serializers.DateTimeField()


class RollSerializer(serializers.ModelSerializer[Roll]):
    display_name = serializers.CharField(source="viewer.display_name")

    class Meta:
        model = Roll
        fields: ClassVar = [
            "id",
            "viewer_id",
            "display_name",
            "roll",
            "winning_number",
            "distance",
            "is_win",
            "is_record",
            "rolled_at",
        ]


def standings(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add to each viewer's sums the roll that came closest."""
    closest = Roll.objects.closest_of_each([row["viewer_id"] for row in rows])
    for row in rows:
        best = closest.get(row["viewer_id"])
        row["closest_roll"] = best.roll if best else None
        row["closest_winning_number"] = best.winning_number if best else None
    return rows


class LeaderboardView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="raffle_leaderboard",
        parameters=[LeaderboardQuery],
        responses={200: StandingSerializer(many=True), 400: BAD_QUERY},
    )
    def get(self, request: Request) -> Response:
        """The best of the raffle, without who hides: by rolls or wins, or by the closest miss."""
        query = LeaderboardQuery.read(request)
        order = {
            "rolls": F("rolls").desc(),
            "wins": F("wins").desc(),
            "closest": F("closest_distance").asc(nulls_last=True),
        }[query["sort"]]
        best = people.shown(Roll.objects.by_viewer()).order_by(order, "viewer_id")
        rows: Any = standings(list(best[: query["limit"]]))
        return Response(StandingSerializer(rows, many=True).data)


class ViewerView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="raffle_viewer",
        responses={
            200: StandingSerializer,
            400: BAD_QUERY,
            404: OpenApiResponse(Problem, "The viewer has not rolled yet, or hides (`not_found`)."),
        },
    )
    def get(self, request: Request, viewer_id: str) -> Response:
        """What one viewer has rolled."""
        NoQuery.read(request)
        shown = people.shown(Roll.objects.by_viewer())
        rows = standings(list(shown.filter(viewer_id=viewer_id)))
        if not rows:
            raise NotFound("This viewer has not rolled yet.")
        return Response(StandingSerializer(rows[0]).data)


class RollsView(ListAPIView[Roll]):
    permission_classes = [AllowAny]
    serializer_class = RollSerializer

    class pagination_class(Pages):  # noqa: N801 (DRF's name for it)
        ordering = ("-rolled_at", "-id")

    def get_queryset(self) -> QuerySet[Roll]:
        return people.shown(Roll.objects.made()).select_related("viewer")

    @extend_schema(
        operation_id="raffle_rolls", responses={200: RollSerializer(many=True), 400: BAD_QUERY}
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every roll that counts, newest first; without those of viewers who hide."""
        PageQuery.read(request)
        return super().get(request, *args, **kwargs)
