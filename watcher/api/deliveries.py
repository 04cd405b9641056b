"""The log: what was posted, what was not, and every attempt at it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rest.problems import problem
from rest.queries import BAD_QUERY, NoQuery, PageQuery, Pages
from watcher.api.shared import NOT_NOW, NOT_YOURS, REFUSALS, MayWatch, answered, deliveries_of, one
from watcher.models import Attempt, Delivery
from watcher.services import deliveries

EXAMPLE = {
    "id": "delivery_01KB2RD1T4V6X8Z0B2D4F6H8KM",
    "target_id": "target_01KB2R9Q3V7N5W8XTF4G6H0JKM",
    "watch_id": "watch_01KB2RC5M2A8Z1E7Q9Y4D6S3PB",
    "stream_id": "40952121085",
    "streamer_name": "Nelly",
    "is_test": False,
    "resend_of_id": None,
    "status": "posted",
    "why": "",
    "detail": "posted",
    "may_be_twice": False,
    "message_id": "1175890211457384458",
    "payload": {
        "content": "**Nelly** is live on Twitch!",
        "embeds": [{"title": "Chess at night"}],
        "allowed_mentions": {"parse": []},
    },
    "due_at": "2026-11-02T19:00:00Z",
    "posted_at": "2026-11-02T19:00:01Z",
    "edited_at": None,
    "closed_at": None,
    "created_at": "2026-11-02T19:00:00Z",
    "attempts": [
        {
            "verb": "post",
            "at": "2026-11-02T19:00:01Z",
            "status": 200,
            "milliseconds": 104,
            "code": None,
            "message": "",
            "retry_at": None,
        }
    ],
}
A_DELIVERY = OpenApiExample("A post", EXAMPLE, response_only=True)
ENDED = problem("Over", "stream_ended", "The stream has ended meanwhile.", 409)


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """One call of Discord; a status of 0 says that no answer came."""

    class Meta:
        model = Attempt
        fields: ClassVar = ["verb", "at", "status", "milliseconds", "code", "message", "retry_at"]


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """A post about one stream for one watch; a test is about none."""

    streamer_name = serializers.CharField(
        source="stream.streamer_name", default=None, allow_null=True
    )
    detail = serializers.SerializerMethodField(help_text="What became of it, in words.")
    may_be_twice = serializers.BooleanField(
        help_text="An answer of Discord's was lost, so the channel may have the post twice."
    )
    attempts = AttemptSerializer(many=True)

    class Meta:
        model = Delivery
        fields: ClassVar = list(EXAMPLE)

    def get_detail(self, delivery: Delivery) -> str:
        return delivery.get_why_display() if delivery.why else delivery.get_status_display()


class DeliveriesQuery(PageQuery):
    target_id = serializers.CharField(required=False, max_length=40)
    watch_id = serializers.CharField(required=False, max_length=40)
    status = serializers.ChoiceField(Delivery.Status.choices, required=False)
    is_test = serializers.BooleanField(required=False, allow_null=True, default=None)


class DeliveriesView(ListAPIView[Delivery]):
    permission_classes = [MayWatch]
    serializer_class = DeliverySerializer

    class pagination_class(Pages):  # noqa: N801 (DRF's name for it)
        ordering = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[Delivery]:
        query = DeliveriesQuery.read(self.request)
        known = ("target_id", "watch_id", "status", "is_test")
        filters = {name: query[name] for name in known if query.get(name) is not None}
        return deliveries_of(self.request).filter(**filters)

    @extend_schema(
        operation_id="watch_deliveries",
        parameters=[DeliveriesQuery],
        responses={200: DeliverySerializer(many=True), 400: BAD_QUERY, **REFUSALS},
        examples=[A_DELIVERY],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Posts of your channels, newest first, with what Discord was sent and what it answered."""
        return super().get(request, *args, **kwargs)


class DeliveryView(APIView):
    permission_classes = [MayWatch]

    @extend_schema(
        operation_id="watch_delivery",
        responses={200: DeliverySerializer, 404: NOT_YOURS, **REFUSALS},
        examples=[A_DELIVERY],
    )
    def get(self, request: Request, delivery_id: str) -> Response:
        """One post."""
        NoQuery.read(request)
        return Response(shown(request, delivery_id))


class ResendView(APIView):
    permission_classes = [MayWatch]

    @extend_schema(
        operation_id="watch_resend",
        request=None,
        responses={202: DeliverySerializer, 404: NOT_YOURS, 409: NOT_NOW, **REFUSALS},
        examples=[A_DELIVERY, ENDED],
    )
    def post(self, request: Request, delivery_id: str) -> Response:
        """Try again to post what was not posted, while the stream goes on."""
        NoQuery.read(request)
        delivery = one(deliveries_of(request), delivery_id)
        with answered():
            again = deliveries.resend(delivery, timezone.now())
        return Response(shown(request, again.pk), status.HTTP_202_ACCEPTED)


def shown(request: Request, delivery_id: str) -> Any:
    """Return one of the caller's deliveries as JSON's types."""
    return DeliverySerializer(one(deliveries_of(request), delivery_id)).data
