"""The stream for client apps: now, its viewers over time, and past sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rest.problems import Problem
from rest.queries import BAD_QUERY, NoQuery, PageQuery, Pages, Query
from twitch.models import Chapter, StreamSession, ViewerCount
from twitch.services import stream_state

BAD_SPAN = OpenApiResponse(
    Problem,
    "A query key is unknown (`unknown_key`), repeated (`repeated_key`) or no time (`invalid`);"
    " `until` is before `since` (`until_before_since`), or more than 48 hours later (`too_long`).",
)

USUAL_SPAN = timedelta(days=1)
LONGEST_SPAN = timedelta(days=2)
# Nobody streamed on Twitch before.
EARLIEST = datetime(2011, 1, 1, tzinfo=UTC)


class StateSerializer(serializers.Serializer[dict[str, Any]]):
    """How the stream is now. What belongs to a session is null while there is none."""

    is_live = serializers.BooleanField(help_text="Also during a break within the grace time.")
    is_off_air = serializers.BooleanField(help_text="In such a break, or about to end.")
    session_id = serializers.CharField(allow_null=True)
    stream_id = serializers.CharField(allow_null=True, help_text="Twitch's id of the stream.")
    started_at = serializers.DateTimeField(allow_null=True)
    title = serializers.CharField(help_text="Of the channel, live or not.")
    category_id = serializers.CharField()
    category_name = serializers.CharField()
    viewers = serializers.IntegerField(allow_null=True, help_text="When last counted.")
    peak_viewers = serializers.IntegerField(allow_null=True)
    average_viewers = serializers.FloatField(allow_null=True)
    as_of = serializers.DateTimeField(allow_null=True, help_text="When Twitch last said so.")


class SpanQuery(Query):
    since = serializers.DateTimeField(required=False, help_text="By default a day before `until`.")
    until = serializers.DateTimeField(required=False, help_text="By default now.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        until = max(attrs.get("until", timezone.now()), EARLIEST)
        since = max(attrs.get("since", until - USUAL_SPAN), EARLIEST)
        if until < since:
            raise ValidationError({"until": "Must not be before `since`."}, "until_before_since")
        if until - since > LONGEST_SPAN:
            raise ValidationError({"until": "At most 48 hours after `since`."}, "too_long")
        return {"since": since, "until": until}


class ViewerCountSerializer(serializers.ModelSerializer[ViewerCount]):
    """How many watched at one moment."""

    class Meta:
        model = ViewerCount
        fields: ClassVar = ["at", "viewers", "session_id"]


class ChapterSerializer(serializers.ModelSerializer[Chapter]):
    """What the stream was called from that time on."""

    class Meta:
        model = Chapter
        fields: ClassVar = ["started_at", "title", "category_id", "category_name"]


class SessionSerializer(serializers.ModelSerializer[StreamSession]):
    """A past show."""

    peak_viewers = serializers.IntegerField(allow_null=True)
    average_viewers = serializers.FloatField(allow_null=True)
    chapters = ChapterSerializer(many=True)

    class Meta:
        model = StreamSession
        fields: ClassVar = [
            "id",
            "stream_ids",
            "started_at",
            "ended_at",
            "peak_viewers",
            "average_viewers",
            "chapters",
        ]


class StreamView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="stream", responses={200: StateSerializer, 400: BAD_QUERY}, parameters=[]
    )
    def get(self, request: Request) -> Response:
        """Whether the channel is live, since when, what it is called and how many watch."""
        NoQuery.read(request)
        return Response(StateSerializer(stream_state.state()).data)


class ViewerCountsView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="stream_viewers",
        parameters=[SpanQuery],
        responses={200: ViewerCountSerializer(many=True), 400: BAD_SPAN},
    )
    def get(self, request: Request) -> Response:
        """How many watched, minute by minute while the channel was live, oldest first."""
        query = SpanQuery.read(request)
        counts = ViewerCount.objects.filter(at__gte=query["since"], at__lte=query["until"])
        return Response(ViewerCountSerializer(counts.order_by("at"), many=True).data)


class SessionsView(ListAPIView[StreamSession]):
    permission_classes = [AllowAny]
    serializer_class = SessionSerializer

    class pagination_class(Pages):  # noqa: N801 (DRF's name for it)
        ordering = ("-started_at", "-id")

    def get_queryset(self) -> QuerySet[StreamSession]:
        return StreamSession.objects.ended().with_viewers().prefetch_related("chapters")

    @extend_schema(
        operation_id="streams", responses={200: SessionSerializer(many=True), 400: BAD_QUERY}
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every session that is over, newest first."""
        PageQuery.read(request)
        return super().get(request, *args, **kwargs)
