"""Looking before choosing: games by name, the card as it will be, and who is live."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import person
from rest.queries import BAD_QUERY, NoQuery, PageQuery, Pages, Query
from watcher.api.shared import (
    BAD_BODY,
    NOT_THERE,
    NOT_YOURS,
    OFTEN,
    REFUSALS,
    MayWatch,
    answered,
    one,
    watches_of,
)
from watcher.api.watches import WishSerializer
from watcher.models import Watch, WatchedStream
from watcher.services import looking, things, watches

GAME = {
    "id": "743",
    "name": "Chess",
    "image_url": "https://static-cdn.jtvnw.net/ttv-boxart/743-144x192.jpg",
}
CARD = {
    "content": "**Nelly** is live on Twitch!",
    "embeds": [{"title": "Chess at night", "color": 9520895}],
    "allowed_mentions": {"parse": []},
}
STREAM = {
    "id": "40952121085",
    "streamer_id": "1009",
    "streamer_login": "nelly",
    "streamer_name": "Nelly",
    "title": "Chess at night",
    "game_id": "743",
    "game_name": "Chess",
    "language": "en",
    "viewers": 12,
    "peak_viewers": 30,
    "started_at": "2026-11-02T19:00:00Z",
    "seen_at": "2026-11-02T19:20:00Z",
}


class GameSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="Twitch's.")
    name = serializers.CharField()
    image_url = serializers.CharField(help_text="Empty if there is no picture.")


class GamesSerializer(serializers.Serializer[Any]):
    results = GameSerializer(many=True)


class GamesQuery(Query):
    query = serializers.CharField(max_length=things.LONGEST_QUERY)


class GamesView(APIView):
    permission_classes = [MayWatch]

    @extend_schema(
        operation_id="watch_games",
        parameters=[GamesQuery],
        responses={200: GamesSerializer, 400: BAD_QUERY, 429: OFTEN, 503: NOT_THERE, **REFUSALS},
        examples=[OpenApiExample("Games", {"results": [GAME]}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """Games whose name has these words, as Twitch finds them."""
        query = GamesQuery.read(request)["query"]
        with answered():
            found = things.games(person(request), query)
        return Response({"results": GameSerializer([asdict(it) for it in found], many=True).data})


class PreviewWishSerializer(WishSerializer):
    """As for a new watch, or as a change of the watch that is named.

    Without `watched` the card is about nobody in particular.
    """

    watch_id = serializers.CharField(required=False, max_length=40)
    kind = serializers.ChoiceField(Watch.Kind.choices, required=False, default=Watch.Kind.STREAMER)
    watched = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)


class PreviewSerializer(serializers.Serializer[Any]):
    """What Discord would be sent: when the stream begins, and when it is over."""

    watched_name = serializers.CharField()
    image_url = serializers.CharField()
    is_live = serializers.BooleanField(help_text="Whether it shows a stream that is on.")
    live = serializers.JSONField()
    ended = serializers.JSONField(help_text="Null where nothing or nothing else is left.")


class PreviewView(APIView):
    permission_classes = [MayWatch]

    @extend_schema(
        operation_id="watch_preview",
        request=PreviewWishSerializer,
        responses={
            200: PreviewSerializer,
            400: BAD_BODY,
            404: NOT_YOURS,
            429: OFTEN,
            503: NOT_THERE,
            **REFUSALS,
        },
        examples=[
            OpenApiExample(
                "A card",
                {
                    "watched_name": "Nelly",
                    "image_url": "",
                    "is_live": False,
                    "live": CARD,
                    "ended": {**CARD, "content": "**Nelly** was live on Twitch."},
                },
                response_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """The card as it would be posted, made as the posts are; nothing is stored or sent."""
        NoQuery.read(request)
        given = PreviewWishSerializer.read(request)
        with answered():
            watch = _wished(request, given)
            preview = looking.preview(watch, timezone.now())
        return Response(PreviewSerializer(asdict(preview)).data)


def _wished(request: Request, given: dict[str, Any]) -> Watch:
    """Return the watch as it would be, without storing it."""
    names = ("watch_id", "kind", "watched")
    wish = cast(watches.Wish, {name: given[name] for name in given if name not in names})
    if "watch_id" in given:
        return watches.apply(one(watches_of(request), given["watch_id"]), wish)
    kind, watched = given["kind"], given["watched"].strip()
    thing = things.find(person(request), kind, watched) if watched else things.any_of(kind)
    return watches.draft(thing, wish)


class WatchedStreamSerializer(serializers.ModelSerializer[WatchedStream]):
    class Meta:
        model = WatchedStream
        fields: ClassVar = list(STREAM)


class LiveView(ListAPIView[WatchedStream]):
    permission_classes = [MayWatch]
    serializer_class = WatchedStreamSerializer

    class pagination_class(Pages):  # noqa: N801 (DRF's name for it)
        ordering = ("-started_at", "-id")

    def get_queryset(self) -> QuerySet[WatchedStream]:
        return looking.live_for(person(self.request))

    @extend_schema(
        operation_id="watch_live",
        responses={200: WatchedStreamSerializer(many=True), 400: BAD_QUERY, **REFUSALS},
        examples=[OpenApiExample("A stream", STREAM, response_only=True)],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Streams that are on of what you watch, those that began last first."""
        PageQuery.read(request)
        return super().get(request, *args, **kwargs)
