"""Every request that has ended, and how."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from points.services import people
from rest.queries import BAD_QUERY, PageQuery, Pages
from songqueue import texts
from songqueue.models import SongRequest


class EndedSerializer(serializers.ModelSerializer[SongRequest]):
    """A request and its end. What was refused before its song was known has no track."""

    viewer = serializers.CharField(source="viewer.display_name")
    title = serializers.CharField(source="track.name", default=None, allow_null=True)
    artists = serializers.ListField(
        child=serializers.CharField(), source="track.artists", default=list
    )
    album = serializers.CharField(source="track.album", default="")
    cover_url = serializers.SerializerMethodField()
    duration_ms = serializers.IntegerField(
        source="track.duration_ms", default=None, allow_null=True
    )
    url = serializers.CharField(source="track.url", default=None, allow_null=True)
    detail = serializers.SerializerMethodField()
    requested_at = serializers.DateTimeField(source="redemption.redeemed_at")

    class Meta:
        model = SongRequest
        fields: ClassVar = [
            "id",
            "status",
            "code",
            "detail",
            "viewer_id",
            "viewer",
            "track_id",
            "title",
            "artists",
            "album",
            "cover_url",
            "duration_ms",
            "url",
            "requested_at",
            "started_at",
            "ended_at",
        ]

    def get_cover_url(self, request: SongRequest) -> str | None:
        return (request.track.cover_url if request.track else "") or None

    def get_detail(self, request: SongRequest) -> str:
        """A few words for the code."""
        return texts.label(request.code)


class HistoryView(ListAPIView[SongRequest]):
    permission_classes = [AllowAny]
    serializer_class = EndedSerializer

    class pagination_class(Pages):  # noqa: N801 (DRF's name for it)
        ordering = ("-ended_at", "-id")

    def get_queryset(self) -> QuerySet[SongRequest]:
        ended = SongRequest.objects.filter(status__in=SongRequest.ENDS)
        return people.shown(ended).select_related("track", "viewer", "redemption")

    @extend_schema(
        operation_id="song_request_history",
        responses={200: EndedSerializer(many=True), 400: BAD_QUERY},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every request that has ended, whatever its end, newest first; without who hides."""
        PageQuery.read(request)
        return super().get(request, *args, **kwargs)
