"""Achievements for everybody."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from achievements.models import Definition
from achievements.services import profile, progress
from points.services import people
from rest.problems import Problem
from rest.queries import BAD_QUERY, LimitQuery, NoQuery


class DefinitionSerializer(serializers.ModelSerializer[Definition]):
    """An achievement that can be earned."""

    threshold = serializers.IntegerField(
        source="goal", allow_null=True, help_text="Null where there is nothing to count up to."
    )

    class Meta:
        model = Definition
        fields: ClassVar = [
            "key",
            "name",
            "description",
            "icon",
            "category",
            "scope",
            "threshold",
        ]


class EarnableSerializer(serializers.Serializer[dict[str, Any]]):
    """An achievement, and how rare it is."""

    definition = DefinitionSerializer()
    unlocked_by = serializers.IntegerField(help_text="How many viewers hold it.")


class ProgressSerializer(serializers.Serializer[progress.Progress]):
    """How far one viewer is with one achievement."""

    definition = DefinitionSerializer()
    progress = serializers.IntegerField(help_text="Of `threshold`; of this stream, if so scoped.")
    is_unlocked = serializers.BooleanField()
    unlocked_at = serializers.DateTimeField(allow_null=True)
    passed_on_at = serializers.DateTimeField(
        allow_null=True, help_text="When somebody else took the record that the viewer held."
    )
    times = serializers.IntegerField(help_text="In how many streams it was earned.")


class RankSerializer(serializers.Serializer[dict[str, Any]]):
    """What one viewer of the leaderboard has."""

    viewer_id = serializers.CharField(help_text="Twitch's user id.")
    login = serializers.CharField()
    display_name = serializers.CharField()
    achievements = serializers.IntegerField(help_text="Different ones that are held now.")
    last_unlocked_at = serializers.DateTimeField()


class SumsSerializer(serializers.Serializer[profile.Sums]):
    """One viewer in numbers."""

    viewer_id = serializers.CharField(source="viewer.pk", help_text="Twitch's user id.")
    login = serializers.CharField(source="viewer.login")
    display_name = serializers.CharField(source="viewer.display_name")
    songs = serializers.IntegerField(help_text="Requested, and not refused, removed or lost.")
    achievements_unlocked = serializers.IntegerField(source="unlocked")
    achievements = serializers.IntegerField(help_text="How many there are to unlock.")
    rolls = serializers.IntegerField()
    wins = serializers.IntegerField()
    closest_distance = serializers.IntegerField(
        source="closest", allow_null=True, help_text="Of rolls that did not win."
    )


class DefinitionsView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="achievements_definitions",
        responses={200: EarnableSerializer(many=True), 400: BAD_QUERY},
    )
    def get(self, request: Request) -> Response:
        """What there is to earn; hidden achievements appear when somebody has earned them."""
        NoQuery.read(request)
        rows: Any = progress.definitions()
        return Response(EarnableSerializer(rows, many=True).data)


class LeaderboardView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="achievements_leaderboard",
        parameters=[LimitQuery],
        responses={200: RankSerializer(many=True), 400: BAD_QUERY},
    )
    def get(self, request: Request) -> Response:
        """The viewers with the most achievements; without those who hide."""
        query = LimitQuery.read(request)
        rows: Any = progress.leaderboard(query["limit"])
        return Response(RankSerializer(rows, many=True).data)


class ViewerView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="achievements_viewer",
        responses={200: ProgressSerializer(many=True), 400: BAD_QUERY},
    )
    def get(self, request: Request, name: str) -> Response:
        """How far a viewer is with everything, by login or id; zeros for somebody unknown."""
        NoQuery.read(request)
        rows: Any = progress.of_viewer(people.find_shown(name))
        return Response(ProgressSerializer(rows, many=True).data)


class UnlockedView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="achievements_viewer_unlocked",
        responses={200: ProgressSerializer(many=True), 400: BAD_QUERY},
    )
    def get(self, request: Request, name: str) -> Response:
        """What a viewer has unlocked, newest first."""
        NoQuery.read(request)
        rows: Any = progress.unlocked(people.find_shown(name))
        return Response(ProgressSerializer(rows, many=True).data)


class SumsView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="viewer_stats",
        responses={
            200: SumsSerializer,
            400: BAD_QUERY,
            404: OpenApiResponse(Problem, "Nobody of that name or id is shown (`not_found`)."),
        },
    )
    def get(self, request: Request, name: str) -> Response:
        """A viewer in numbers, by login or id. Not remembered: who hides is gone at once."""
        NoQuery.read(request)
        viewer = people.find_shown(name)
        if viewer is None:
            raise NotFound("There is no viewer of that name or id.")
        return Response(SumsSerializer(profile.sums(viewer)).data)
