"""All past shows in numbers, for client apps."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rest.memory import FOR_A_MINUTE
from rest.problems import Problem
from rest.queries import NoQuery
from twitch.services import stream_stats


class StreamSumsSerializer(serializers.Serializer[dict[str, Any]]):
    """Sums over all sessions that are over."""

    sessions = serializers.IntegerField()
    total_seconds = serializers.IntegerField()
    average_seconds = serializers.IntegerField(help_text="Of one session.")
    longest_seconds = serializers.IntegerField()
    peak_viewers = serializers.IntegerField(allow_null=True)
    average_viewers = serializers.FloatField(
        allow_null=True, help_text="Of all minutes, so a long session weighs more."
    )
    first_started_at = serializers.DateTimeField(allow_null=True)
    last_ended_at = serializers.DateTimeField(allow_null=True)


class StreamSumsView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="stream_stats",
        responses={
            200: StreamSumsSerializer,
            400: OpenApiResponse(Problem, "There are no query keys (`unknown_key`)."),
        },
    )
    def get(self, request: Request) -> Response:
        """All past sessions in numbers; the figures may be a minute old."""
        NoQuery.read(request)
        return Response(stream_stats.sums(), headers=FOR_A_MINUTE)
