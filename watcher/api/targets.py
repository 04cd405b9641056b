"""One's Discord channels: those that may be posted in, and whether their webhooks work."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Count, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import person
from rest.bodies import Body
from rest.problems import problem
from rest.queries import BAD_QUERY, NoQuery, PageQuery, Pages
from watcher.api.shared import (
    BAD_BODY,
    NOT_NOW,
    NOT_THERE,
    NOT_YOURS,
    OFTEN,
    REFUSALS,
    MayWatch,
    answered,
    one,
    targets_of,
)
from watcher.models import Target
from watcher.rules.addresses import LONGEST
from watcher.services import targets

EXAMPLE = {
    "id": "target_01KB2R9Q3V7N5W8XTF4G6H0JKM",
    "name": "Live now",
    "source": "connected",
    "guild_id": "381870553235193856",
    "channel_id": "381870553235193857",
    "thread_id": "",
    "works": True,
    "disabled_because": "",
    "disabled_at": None,
    "checked_at": "2026-11-02T19:00:00Z",
    "created_at": "2026-11-02T19:00:00Z",
    "watches": 3,
}
A_TARGET = OpenApiExample("A channel", EXAMPLE, response_only=True)
WRONG_ADDRESS = problem(
    "No webhook", "not_a_webhook", "url: This is not an address of Discord's.", 400
)
GONE = problem(
    "Deleted", "webhook_gone", "Discord has no such webhook: it was deleted on Discord.", 400
)


class TargetSerializer(serializers.ModelSerializer[Target]):
    """A Discord channel, without the secret that lets one post in it, which is never shown."""

    works = serializers.SerializerMethodField(
        help_text="False: nothing is posted there until its webhook's address is added anew."
    )
    watches = serializers.IntegerField(
        source="watches_count", help_text="How many streamers and games it is for."
    )

    class Meta:
        model = Target
        fields: ClassVar = list(EXAMPLE)

    def get_works(self, target: Target) -> bool:
        return target.disabled_at is None


class NewTargetSerializer(Body):
    url = serializers.CharField(
        max_length=LONGEST, help_text="The address of a webhook, as Discord shows it."
    )
    name = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=targets.LONGEST_NAME,
        help_text="Without one it is called as the webhook is on Discord.",
    )


class TargetChangeSerializer(Body):
    name = serializers.CharField(required=False, max_length=targets.LONGEST_NAME)
    url = serializers.CharField(
        required=False,
        max_length=LONGEST,
        help_text="Of another webhook to post with; what is watched stays.",
    )


class TargetsView(ListAPIView[Target]):
    permission_classes = [MayWatch]
    serializer_class = TargetSerializer

    class pagination_class(Pages):  # noqa: N801 (DRF's name for it)
        ordering = ("created_at", "id")

    def get_queryset(self) -> QuerySet[Target]:
        return _counted(self.request)

    @extend_schema(
        operation_id="watch_targets",
        responses={200: TargetSerializer(many=True), 400: BAD_QUERY, **REFUSALS},
        examples=[A_TARGET],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Your Discord channels, oldest first."""
        PageQuery.read(request)
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="watch_target_add",
        request=NewTargetSerializer,
        responses={
            201: TargetSerializer,
            400: BAD_BODY,
            409: NOT_NOW,
            429: OFTEN,
            503: NOT_THERE,
            **REFUSALS,
        },
        examples=[A_TARGET, WRONG_ADDRESS],
    )
    def post(self, request: Request) -> Response:
        """Add a channel by its webhook's address, which Discord is asked for (type 1 only).

        One that was added before, but does not work any more, works again with the new address.
        """
        NoQuery.read(request)
        given = NewTargetSerializer.read(request)
        with answered():
            made = targets.add_pasted(person(request), **given, now=timezone.now())
        return Response(_shown(request, made.pk), status.HTTP_201_CREATED)


class TargetView(APIView):
    permission_classes = [MayWatch]

    @extend_schema(
        operation_id="watch_target",
        responses={200: TargetSerializer, 404: NOT_YOURS, **REFUSALS},
        examples=[A_TARGET],
    )
    def get(self, request: Request, target_id: str) -> Response:
        """One of your channels."""
        NoQuery.read(request)
        return Response(_shown(request, target_id))

    @extend_schema(
        operation_id="watch_target_change",
        request=TargetChangeSerializer,
        responses={
            200: TargetSerializer,
            400: BAD_BODY,
            404: NOT_YOURS,
            409: NOT_NOW,
            429: OFTEN,
            503: NOT_THERE,
            **REFUSALS,
        },
        examples=[A_TARGET],
    )
    def patch(self, request: Request, target_id: str) -> Response:
        """Call it otherwise, or post there with another webhook."""
        NoQuery.read(request)
        target = one(targets_of(request), target_id)
        given = TargetChangeSerializer.read(request)
        with answered():
            if "url" in given:
                targets.replace(target, given["url"], timezone.now())
            if "name" in given:
                targets.rename(target, given["name"])
        return Response(_shown(request, target_id))

    @extend_schema(
        operation_id="watch_target_remove", responses={204: None, 404: NOT_YOURS, **REFUSALS}
    )
    def delete(self, request: Request, target_id: str) -> Response:
        """Remove it, with what is watched for it and its log.

        A webhook that was made for us is deleted on Discord, too.
        """
        NoQuery.read(request)
        targets.remove(one(targets_of(request), target_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class CheckView(APIView):
    permission_classes = [MayWatch]

    @extend_schema(
        operation_id="watch_target_check",
        request=None,
        responses={
            200: TargetSerializer,
            400: BAD_BODY,
            404: NOT_YOURS,
            429: OFTEN,
            503: NOT_THERE,
            **REFUSALS,
        },
        examples=[A_TARGET, GONE],
    )
    def post(self, request: Request, target_id: str) -> Response:
        """Ask Discord whether its webhook works: one that does is switched on again."""
        NoQuery.read(request)
        target = one(targets_of(request), target_id)
        with answered():
            targets.check(target, timezone.now())
        return Response(_shown(request, target_id))


def _counted(request: Request) -> QuerySet[Target]:
    # The models' stubs know nothing of annotations.
    rows: QuerySet[Target] = targets_of(request).annotate(watches_count=Count("watches"))
    return rows


def _shown(request: Request, target_id: str) -> Any:
    return TargetSerializer(one(_counted(request), target_id)).data
