"""Which songs are requested most, and by whom."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rest.memory import FOR_A_MINUTE
from rest.queries import BAD_QUERY, LimitQuery
from songqueue.services import stats


class TopTracksQuery(LimitQuery):
    viewer = serializers.RegexField(
        r"^[0-9]{1,20}$", default="", help_text="Only the requests of the viewer with this id."
    )


class TopTrackSerializer(serializers.Serializer[dict[str, Any]]):
    id = serializers.CharField(help_text="Spotify's.")
    title = serializers.CharField()
    artists = serializers.ListField(child=serializers.CharField())
    cover_url = serializers.CharField(help_text="Empty without a cover.")
    url = serializers.CharField()
    request_count = serializers.IntegerField()


class TopRequesterSerializer(serializers.Serializer[dict[str, Any]]):
    viewer_id = serializers.CharField(help_text="Twitch's user id.")
    viewer = serializers.CharField()
    request_count = serializers.IntegerField()


class TopTracksView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="top_tracks",
        parameters=[TopTracksQuery],
        responses={200: TopTrackSerializer(many=True), 400: BAD_QUERY},
    )
    def get(self, request: Request) -> Response:
        """The songs that were requested most.

        A request counts when it was played, or came to the player and its points are spent. What
        was refused, removed or lost never counts. The figures may be a minute old.
        """
        query = TopTracksQuery.read(request)
        rows = stats.top_tracks(query["limit"], query["viewer"])
        return Response(rows, headers=FOR_A_MINUTE)


class TopRequestersView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="top_requesters",
        parameters=[LimitQuery],
        responses={200: TopRequesterSerializer(many=True), 400: BAD_QUERY},
    )
    def get(self, request: Request) -> Response:
        """The viewers with the most requests, without who hides. What counts: see the songs."""
        query = LimitQuery.read(request)
        return Response(stats.top_requesters(query["limit"]), headers=FOR_A_MINUTE)
