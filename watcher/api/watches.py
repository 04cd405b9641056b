"""What one watches: streamers and games, for which channel, and how each post is to be."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
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
from watcher.api.deliveries import A_DELIVERY, DeliverySerializer, shown
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
    watches_of,
)
from watcher.models import Watch
from watcher.services import deliveries, things, watches

EXAMPLE = {
    "id": "watch_01KB2RC5M2A8Z1E7Q9Y4D6S3PB",
    "target_id": "target_01KB2R9Q3V7N5W8XTF4G6H0JKM",
    "kind": "streamer",
    "watched_id": "1009",
    "watched_login": "nelly",
    "watched_name": "Nelly",
    "image_url": "https://static-cdn.jtvnw.net/jtv_user_pictures/nelly.png",
    "languages": ["en"],
    "title_includes": [],
    "title_excludes": ["rerun"],
    "least_viewers": 0,
    "least_minutes": 5,
    "mention": "role",
    "role_id": "381870553235193870",
    "template": "{mention} {streamer} is live: {title}",
    "end_action": "edit",
    "is_active": True,
    "created_at": "2026-11-02T19:00:00Z",
}
A_WATCH = OpenApiExample("A streamer", EXAMPLE, response_only=True)
WRONG = [
    problem("Nobody", "no_streamer", "watched: Twitch knows nobody of that name.", 400),
    problem("Twice", "watched_already", "Live now has Nelly already: change that instead.", 409),
]


class WatchSerializer(serializers.ModelSerializer[Watch]):
    """A streamer or a game that is watched for a channel; empty filters let everything pass."""

    class Meta:
        model = Watch
        fields: ClassVar = list(EXAMPLE)


class WishSerializer(Body):
    """What can be chosen of a watch."""

    languages = serializers.ListField(
        child=serializers.CharField(max_length=8),
        required=False,
        max_length=50,
        help_text="Twitch's codes; empty for any.",
    )
    title_includes = serializers.ListField(
        child=serializers.CharField(max_length=watches.LONGEST_WORD, allow_blank=True),
        required=False,
        max_length=50,
        help_text="One of these has to be in the title.",
    )
    title_excludes = serializers.ListField(
        child=serializers.CharField(max_length=watches.LONGEST_WORD, allow_blank=True),
        required=False,
        max_length=50,
        help_text="None of these may be in the title.",
    )
    least_viewers = serializers.IntegerField(
        required=False, min_value=0, max_value=watches.MOST_VIEWERS
    )
    least_minutes = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=watches.MOST_MINUTES,
        help_text="It is posted when it has been live for so long.",
    )
    mention = serializers.ChoiceField(Watch.Mention.choices, required=False)
    role_id = serializers.CharField(required=False, allow_blank=True, max_length=32)
    template = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=watches.LONGEST_TEMPLATE,
        help_text="The line above the card; empty for the usual one. Placeholders: {streamer}, "
        "{title}, {game}, {viewers}, {url}, {started}, {mention}.",
    )
    end_action = serializers.ChoiceField(Watch.EndAction.choices, required=False)
    is_active = serializers.BooleanField(required=False)


class ThingSerializer(WishSerializer):
    """A wish, and whom it is about."""

    kind = serializers.ChoiceField(Watch.Kind.choices)
    watched = serializers.CharField(
        max_length=300,
        help_text="A streamer's login or any address of their channel; "
        "a game's id or its exact name.",
    )


class NewWatchSerializer(ThingSerializer):
    target_id = serializers.CharField(max_length=40)


class WatchesQuery(PageQuery):
    target_id = serializers.CharField(required=False, max_length=40)
    kind = serializers.ChoiceField(Watch.Kind.choices, required=False)


class WatchesView(ListAPIView[Watch]):
    permission_classes = [MayWatch]
    serializer_class = WatchSerializer

    class pagination_class(Pages):  # noqa: N801 (DRF's name for it)
        ordering = ("created_at", "id")

    def get_queryset(self) -> QuerySet[Watch]:
        query = WatchesQuery.read(self.request)
        filters = {name: query[name] for name in ("target_id", "kind") if name in query}
        return watches_of(self.request).filter(**filters)

    @extend_schema(
        operation_id="watch_watches",
        parameters=[WatchesQuery],
        responses={200: WatchSerializer(many=True), 400: BAD_QUERY, **REFUSALS},
        examples=[A_WATCH],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What you watch, oldest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="watch_add",
        request=NewWatchSerializer,
        responses={
            201: WatchSerializer,
            400: BAD_BODY,
            404: NOT_YOURS,
            409: NOT_NOW,
            429: OFTEN,
            503: NOT_THERE,
            **REFUSALS,
        },
        examples=[A_WATCH, *WRONG],
    )
    def post(self, request: Request) -> Response:
        """Watch a streamer or a game for one of your channels; Twitch is asked who that is."""
        NoQuery.read(request)
        wish = NewWatchSerializer.read(request)
        target = one(targets_of(request), wish.pop("target_id"))
        with answered():
            thing = things.find(person(request), wish.pop("kind"), wish.pop("watched"))
            made = watches.add(target, thing, cast(watches.Wish, wish), timezone.now())
        return Response(_shown(request, made.pk), status.HTTP_201_CREATED)


class WatchView(APIView):
    permission_classes = [MayWatch]

    @extend_schema(
        operation_id="watch_watch",
        responses={200: WatchSerializer, 404: NOT_YOURS, **REFUSALS},
        examples=[A_WATCH],
    )
    def get(self, request: Request, watch_id: str) -> Response:
        """One of your watches."""
        NoQuery.read(request)
        return Response(_shown(request, watch_id))

    @extend_schema(
        operation_id="watch_change",
        request=WishSerializer,
        responses={200: WatchSerializer, 400: BAD_BODY, 404: NOT_YOURS, **REFUSALS},
        examples=[A_WATCH],
    )
    def patch(self, request: Request, watch_id: str) -> Response:
        """Change what is given. Whom it is about stays: for somebody else add another."""
        NoQuery.read(request)
        watch = one(watches_of(request), watch_id)
        wish = cast(watches.Wish, WishSerializer.read(request))
        with answered():
            watches.change(watch, wish, timezone.now())
        return Response(_shown(request, watch_id))

    @extend_schema(operation_id="watch_remove", responses={204: None, 404: NOT_YOURS, **REFUSALS})
    def delete(self, request: Request, watch_id: str) -> Response:
        """Watch it no more; posts that were made stay on Discord and in the log."""
        NoQuery.read(request)
        watches.remove(one(watches_of(request), watch_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class TestView(APIView):
    permission_classes = [MayWatch]

    @extend_schema(
        operation_id="watch_test",
        request=None,
        responses={
            202: DeliverySerializer,
            404: NOT_YOURS,
            409: NOT_NOW,
            429: OFTEN,
            **REFUSALS,
        },
        examples=[A_DELIVERY],
    )
    def post(self, request: Request, watch_id: str) -> Response:
        """Post a card that is marked as a test and pings nobody; the log tells what came of it."""
        NoQuery.read(request)
        watch = one(watches_of(request), watch_id)
        with answered():
            made = deliveries.test(watch, timezone.now())
        return Response(shown(request, made.pk), status.HTTP_202_ACCEPTED)


def _shown(request: Request, watch_id: str) -> Any:
    return WatchSerializer(one(watches_of(request), watch_id)).data
