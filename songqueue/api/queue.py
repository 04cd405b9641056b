"""What plays, and what comes next."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rest.problems import Problem
from rest.queries import BAD_QUERY, LimitQuery, NoQuery
from songqueue.api.shapes import TRACK_EXAMPLE, PlayerProblemSerializer, TrackSerializer, track
from songqueue.services import board, snapshot

NEXT_READ = "When the player is read next; null while nobody wants to know, as off air."
NOT_KNOWN = OpenApiResponse(Problem, "The player was never read so far (`not_known`).")


class NotKnown(APIException):
    status_code = 503
    default_code = "not_known"
    default_detail = "The player was never read so far: connect Spotify, and go live."


class NowPlayingSerializer(serializers.Serializer[dict[str, Any]]):
    """What is on. It stands as of `age_seconds` ago; the progress is counted on since then."""

    track = TrackSerializer(allow_null=True)
    position = serializers.IntegerField(help_text="Always 0.")
    progress_ms = serializers.IntegerField()
    is_playing = serializers.BooleanField()
    age_seconds = serializers.FloatField()
    next_read_at = serializers.DateTimeField(allow_null=True, help_text=NEXT_READ)
    problem = PlayerProblemSerializer(allow_null=True)


class ComingSerializer(TrackSerializer):
    position = serializers.IntegerField(help_text="From 1, in the player's order.")


class QueueSerializer(serializers.Serializer[dict[str, Any]]):
    """What comes next, in the player's order, as of `age_seconds` ago."""

    tracks = ComingSerializer(many=True)
    total_count = serializers.IntegerField(help_text="Of all that the player shows: 20 at most.")
    age_seconds = serializers.FloatField()
    next_read_at = serializers.DateTimeField(allow_null=True, help_text=NEXT_READ)
    problem = PlayerProblemSerializer(allow_null=True)


class NowPlayingView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="now_playing",
        responses={200: NowPlayingSerializer, 400: BAD_QUERY, 503: NOT_KNOWN},
        examples=[
            OpenApiExample(
                "A request",
                {
                    "track": TRACK_EXAMPLE,
                    "position": 0,
                    "progress_ms": 83_000,
                    "is_playing": True,
                    "age_seconds": 41.5,
                    "next_read_at": "2026-05-01T12:04:10Z",
                    "problem": None,
                },
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """What is on, as far as the last reading of the player tells."""
        NoQuery.read(request)
        where = board.stand(timezone.now())
        return Response(
            {
                "track": track(where.play) if where.play else None,
                "position": 0,
                "progress_ms": where.progress_ms,
                "is_playing": where.is_playing,
                **_age(where),
            }
        )


class QueueView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="queue",
        parameters=[LimitQuery],
        responses={200: QueueSerializer, 400: BAD_QUERY, 503: NOT_KNOWN},
        examples=[
            OpenApiExample(
                "One request",
                {
                    "tracks": [{**TRACK_EXAMPLE, "position": 1}],
                    "total_count": 1,
                    "age_seconds": 41.5,
                    "next_read_at": "2026-05-01T12:04:10Z",
                    "problem": None,
                },
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """What comes next, as far as the last reading of the player tells."""
        query = LimitQuery.read(request)
        where = board.stand(timezone.now())
        rows = snapshot.upcoming()
        shown = [{**track(row), "position": row.position} for row in rows[: query["limit"]]]
        return Response({"tracks": shown, "total_count": len(rows), **_age(where)})


def _age(where: board.Stand) -> dict[str, Any]:
    if where.age_seconds is None:
        raise NotKnown
    return {
        "age_seconds": where.age_seconds,
        "next_read_at": where.board.next_read_at,
        "problem": board.problem(where.board),
    }
