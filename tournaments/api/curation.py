"""Choosing who plays, for the streamer's programs and the people of the curation role."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Rights
from rest.queries import NoQuery, PageQuery, Pages
from tournaments.api.refusals import (
    BAD_BODY,
    BAD_QUERY,
    NOT_HERE,
    NOT_NOW,
    TRY_AGAIN,
    answered,
    problem,
)
from tournaments.models import Participant, Registration, Tournament
from tournaments.services.curation import board, draft, lots, publishing, seeds, waiting
from tournaments.services.curation.board import Filter, Preview
from tournaments.services.curation.draft import Marks
from twitch.models import Viewer

Curates = Rights("tournaments.curate")
MOST_AT_ONCE = 500
TIERS = ["1000", "2000", "3000"]

REGISTRATION = "reg_01J9ZJ3N5P7Q9R1S3T5V7W9X1Y"
LOST = problem(
    "No longer subscribed",
    "lost_subscription",
    "Twitch says that they subscribe no more: Ada. Choose others, or publish anyway.",
    409,
)


# --- Shapes ----------------------------------------------------------------------------------


class RegistrationSerializer(serializers.ModelSerializer[Registration]):
    """A registration as the board shows it."""

    userId = serializers.CharField(source="viewer_id", help_text="Twitch's user id.")  # noqa: N815
    name = serializers.CharField(source="viewer.display_name")
    login = serializers.CharField(source="viewer.login")
    past = serializers.IntegerField(help_text="Tournaments that they have played in before.")
    strikes = serializers.IntegerField(help_text="Strikes in all of these.")

    class Meta:
        model = Registration
        fields: ClassVar = [
            *("id", "userId", "name", "login", "status", "registered_at", "withdrawn_at"),
            *("tier", "is_gift", "subscription_seen_at", "past", "strikes"),
            *("is_pinned", "is_passed_over", "is_chosen", "is_chosen_by_lot", "seed"),
            *("avoid_group", "note", "tags", "waiting_place"),
        ]


EXAMPLE = {
    "id": REGISTRATION,
    "userId": "2001",
    "name": "Ada",
    "login": "ada",
    "status": "PENDING",
    "registered_at": "2026-11-02T19:00:00Z",
    "withdrawn_at": None,
    "tier": "1000",
    "is_gift": False,
    "subscription_seen_at": "2026-11-02T19:00:00Z",
    "past": 2,
    "strikes": 0,
    "is_pinned": True,
    "is_passed_over": False,
    "is_chosen": True,
    "is_chosen_by_lot": False,
    "seed": 1,
    "avoid_group": "",
    "note": "Won the spring cup",
    "tags": ["veteran"],
    "waiting_place": None,
}


class RegistrationsQuery(PageQuery):
    q = serializers.CharField(
        required=False, max_length=100, help_text="In a name, a note or a tag; or a Twitch id."
    )
    status = serializers.ChoiceField(Registration.Status.choices, required=False)
    tier = serializers.ChoiceField(TIERS, required=False)
    tag = serializers.CharField(required=False, max_length=30)
    chosen = serializers.BooleanField(required=False, allow_null=True, default=None)
    pinned = serializers.BooleanField(required=False, allow_null=True, default=None)
    passed_over = serializers.BooleanField(required=False, allow_null=True, default=None)
    played_before = serializers.BooleanField(required=False, allow_null=True, default=None)
    has_strikes = serializers.BooleanField(required=False, allow_null=True, default=None)


class MarksSerializer(serializers.Serializer[Any]):
    """Which registrations to mark, and how; what is left out stays."""

    registrations = serializers.ListField(
        child=serializers.CharField(max_length=40), allow_empty=False, max_length=MOST_AT_ONCE
    )
    is_chosen = serializers.BooleanField(required=False)
    is_pinned = serializers.BooleanField(required=False)
    is_passed_over = serializers.BooleanField(required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=30), required=False, max_length=10
    )
    avoid_group = serializers.CharField(required=False, allow_blank=True, max_length=30)


class SeedsSerializer(serializers.Serializer[Any]):
    """A rule for all seeds, or one player's."""

    rule = serializers.ChoiceField(seeds.By.choices, required=False)
    registration = serializers.CharField(required=False, max_length=40)
    seed = serializers.IntegerField(required=False, min_value=1, max_value=64)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if set(attrs) not in ({"rule"}, {"registration", "seed"}):
            raise ValidationError("Give a `rule`, or a `registration` and its `seed`.", "which")
        return attrs


class ConfirmSerializer(serializers.Serializer[Any]):
    userIds = serializers.ListField(  # noqa: N815 (the API's word)
        child=serializers.CharField(max_length=32),
        allow_empty=False,
        max_length=64,
        help_text="Everybody who plays, as Twitch's user ids, the strongest seed first.",
    )
    without_subscription = serializers.BooleanField(
        required=False, default=False, help_text="Also who subscribes no more."
    )


class PlayerSerializer(serializers.ModelSerializer[Participant]):
    userId = serializers.CharField(source="viewer_id")  # noqa: N815 (the API's word)
    name = serializers.CharField(source="viewer.display_name")

    class Meta:
        model = Participant
        fields: ClassVar = ["id", "userId", "name", "seed", "pot", "avoid_group"]


PLAYER = {
    "id": "player_01J9ZK4W8Y6Q2V5T3R1N0M7XAB",
    "userId": "2001",
    "name": "Ada",
    "seed": 1,
    "pot": 1,
    "avoid_group": "",
}


class RosterReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)


class ReplaceSerializer(RosterReasonSerializer):
    player = serializers.CharField(max_length=40)
    registration = serializers.CharField(
        required=False, default="", max_length=40, help_text="By default the next who waits."
    )
    without_subscription = serializers.BooleanField(required=False, default=False)


class NamedSerializer(serializers.Serializer[Viewer]):
    userId = serializers.CharField(source="pk")  # noqa: N815 (the API's word)
    name = serializers.CharField(source="display_name")


class RosterPreviewSerializer(serializers.Serializer[Preview]):
    """What publishing the draft would do."""

    chosen = serializers.IntegerField()
    places = serializers.IntegerField()
    can_publish = serializers.BooleanField()
    problem = serializers.CharField(help_text="Why it cannot be published; empty if it can.")
    format = serializers.ListField(
        source="explained", child=serializers.CharField(), help_text="In sentences."
    )
    is_again = serializers.BooleanField(help_text="Something was published before.")
    added = NamedSerializer(many=True, help_text="Against what was published last.")
    removed = NamedSerializer(many=True)
    kept = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="How many would wait for a place.")
    passed_over = serializers.IntegerField()
    unsubscribed = NamedSerializer(
        many=True, help_text="Chosen, but not subscribed when Twitch was last asked."
    )


def _answer(value: Any) -> OpenApiExample:
    return OpenApiExample("As it may be", value, response_only=True, status_codes=["200"])


# --- The board -------------------------------------------------------------------------------


class RegistrationsView(ListAPIView[Registration]):
    permission_classes = [Curates]
    serializer_class = RegistrationSerializer

    class pagination_class(Pages):  # noqa: N801 (DRF's name for it)
        ordering = ("registered_at", "id")

    def get_queryset(self) -> QuerySet[Registration]:
        query = RegistrationsQuery.read(self.request)
        wanted = Filter(
            text=query.get("q", ""),
            status=query.get("status", ""),
            tier=query.get("tier", ""),
            tag=query.get("tag", ""),
            is_chosen=query["chosen"],
            is_pinned=query["pinned"],
            is_passed_over=query["passed_over"],
            has_played_before=query["played_before"],
            has_strikes=query["has_strikes"],
        )
        with answered():
            tournament = Tournament.objects.get(pk=self.kwargs.get("tournament_id"))
        return board.registrations(tournament, wanted)

    @extend_schema(
        operation_id="tournament_registrations",
        parameters=[RegistrationsQuery],
        responses={200: RegistrationSerializer(many=True), 400: BAD_QUERY, 404: NOT_HERE},
        examples=[_answer(EXAMPLE)],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who registered, in that order, with what is known of them."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="tournament_registrations_mark",
        request=MarksSerializer,
        responses={
            200: OpenApiResponse(RosterPreviewSerializer),
            400: BAD_BODY,
            404: NOT_HERE,
            409: NOT_NOW,
        },
        examples=[
            OpenApiExample(
                "Choose", {"registrations": [REGISTRATION], "is_chosen": True}, request_only=True
            ),
            problem("Full", "roster_full", "36 can play, and 0 places are left.", 409),
        ],
    )
    def patch(self, request: Request, tournament_id: str) -> Response:
        """Choose, pin, pass over, note, tag or group registrations: all of them, or none."""
        body = _read(MarksSerializer, request)
        ids = body.pop("registrations")
        with answered():
            draft.mark(tournament_id, ids, Marks(**body), now=timezone.now())
        return _preview(tournament_id)


class FillView(APIView):
    permission_classes = [Curates]

    @extend_schema(
        operation_id="tournament_fill",
        request=None,
        responses={200: RosterPreviewSerializer, 404: NOT_HERE, 409: NOT_NOW},
        examples=[problem("Full", "roster_full", "Every place is taken.", 409)],
    )
    def post(self, request: Request, tournament_id: str) -> Response:
        """Fill the places that are left by lot, from the secret that was committed to."""
        with answered():
            lots.fill(tournament_id, by=request.user.get_username(), now=timezone.now())
        return _preview(tournament_id)


class SeedsView(APIView):
    permission_classes = [Curates]

    @extend_schema(
        operation_id="tournament_seeds",
        request=SeedsSerializer,
        responses={200: RosterPreviewSerializer, 400: BAD_BODY, 404: NOT_HERE, 409: NOT_NOW},
        examples=[
            OpenApiExample("By past results", {"rule": "results"}, request_only=True),
            OpenApiExample("By hand", {"registration": REGISTRATION, "seed": 1}, request_only=True),
            problem("No such seed", "no_such_seed", "Seeds go from 1 to 36.", 409),
        ],
    )
    def post(self, request: Request, tournament_id: str) -> Response:
        """Seed who is chosen by a rule, or move one of them; the pots follow from the seeds."""
        body = _read(SeedsSerializer, request)
        now = timezone.now()
        with answered():
            if "rule" in body:
                rule = seeds.By(body["rule"])
                seeds.arrange(tournament_id, rule, by=request.user.get_username(), now=now)
            else:
                seeds.place(tournament_id, body["registration"], body["seed"], now=now)
        return _preview(tournament_id)


class PreviewView(APIView):
    permission_classes = [Curates]

    @extend_schema(
        operation_id="tournament_roster_preview",
        responses={200: RosterPreviewSerializer, 400: BAD_QUERY, 404: NOT_HERE},
    )
    def get(self, request: Request, tournament_id: str) -> Response:
        """What publishing the draft would do, or why it cannot be done."""
        NoQuery.read(request)
        return _preview(tournament_id)


# --- The roster ------------------------------------------------------------------------------


class ConfirmView(APIView):
    permission_classes = [Curates]

    @extend_schema(
        operation_id="tournament_confirm_participants",
        request=ConfirmSerializer,
        responses={
            200: PlayerSerializer(many=True),
            400: BAD_BODY,
            404: NOT_HERE,
            409: NOT_NOW,
            503: TRY_AGAIN,
        },
        examples=[
            OpenApiExample(
                "Eight", {"userIds": [str(2001 + n) for n in range(8)]}, request_only=True
            ),
            _answer(PLAYER),
            LOST,
        ],
    )
    def post(self, request: Request, tournament_id: str) -> Response:
        """Publish exactly this roster, at once: these are confirmed, and everybody else waits.

        Twitch is asked again who subscribes. Until the draw the roster can be taken back.
        """
        body = _read(ConfirmSerializer, request)
        with answered():
            players = publishing.publish(
                tournament_id,
                by=request.user.get_username(),
                now=timezone.now(),
                viewer_ids=body["userIds"],
                without_subscription=body["without_subscription"],
            )
        return Response(PlayerSerializer(players, many=True).data)


class TakeBackView(APIView):
    permission_classes = [Curates]

    @extend_schema(
        operation_id="tournament_take_back",
        request=RosterReasonSerializer,
        responses={200: RosterPreviewSerializer, 400: BAD_BODY, 404: NOT_HERE, 409: NOT_NOW},
        examples=[
            problem("Drawn", "drawn", "The draw is made from this roster: it stays as it is.", 409)
        ],
    )
    def post(self, request: Request, tournament_id: str) -> Response:
        """Take the published roster back, until the draw: the draft is as it was."""
        reason = _read(RosterReasonSerializer, request)["reason"]
        by = request.user.get_username()
        with answered():
            publishing.take_back(tournament_id, by=by, now=timezone.now(), reason=reason)
        return _preview(tournament_id)


class ReplaceView(APIView):
    permission_classes = [Curates]

    @extend_schema(
        operation_id="tournament_replace_player",
        request=ReplaceSerializer,
        responses={
            200: PlayerSerializer,
            400: BAD_BODY,
            404: NOT_HERE,
            409: NOT_NOW,
            503: TRY_AGAIN,
        },
        examples=[
            OpenApiExample("The next", {"player": PLAYER["id"]}, request_only=True),
            _answer(PLAYER),
            problem("Nobody", "nobody_waits", "Nobody is on the waiting list.", 409),
        ],
    )
    def post(self, request: Request, tournament_id: str) -> Response:
        """Give a player's place to somebody who waits, until the first match of the place."""
        body = _read(ReplaceSerializer, request)
        with answered():
            place = Participant.objects.get(tournament=tournament_id, pk=body["player"])
            taken = waiting.replace(
                place.pk,
                by=request.user.get_username(),
                now=timezone.now(),
                registration_id=body["registration"],
                reason=body["reason"],
                without_subscription=body["without_subscription"],
            )
        return Response(PlayerSerializer(taken).data)


def _preview(tournament_id: str) -> Response:
    with answered():
        tournament = Tournament.objects.get(pk=tournament_id)
    return Response(RosterPreviewSerializer(board.preview(tournament)).data)


def _read(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    for name in request.data:
        if name not in body.fields:
            raise ValidationError({name: "This cannot be set."}, "unknown_field")
    return dict(body.validated_data)
