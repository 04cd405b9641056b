"""Choosing who plays, for the streamer's programs and the people of the curation role."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Rights
from rest.problems import problem
from rest.queries import BAD_QUERY, NoQuery, Pages
from tournaments.api import curation_shapes as shapes
from tournaments.api.refusals import BAD_BODY, NOT_HERE, NOT_NOW, TRY_AGAIN, answered
from tournaments.models import Participant, Registration, Tournament
from tournaments.services.curation import board, draft, lots, publishing, seeds, waiting
from tournaments.services.curation.board import Filter
from tournaments.services.curation.draft import Marks

Curates = Rights("tournaments.curate")

# --- The board -------------------------------------------------------------------------------


class RegistrationsView(ListAPIView[Registration]):
    permission_classes = [Curates]
    serializer_class = shapes.RegistrationSerializer

    class pagination_class(Pages):  # noqa: N801 (DRF's name for it)
        ordering = ("registered_at", "id")

    def get_queryset(self) -> QuerySet[Registration]:
        query = shapes.RegistrationsQuery.read(self.request)
        wanted = Filter(
            text=query.get("q", ""),
            status=query.get("status", ""),
            tier=query.get("tier", ""),
            tag=query.get("tag", ""),
            is_chosen=query["chosen"],
            is_pinned=query["pinned"],
            is_passed_over=query["passed_over"],
            has_note=query["noted"],
            has_played_before=query["played_before"],
            has_strikes=query["has_strikes"],
        )
        with answered():
            tournament = Tournament.objects.get(pk=self.kwargs.get("tournament_id"))
        return board.registrations(tournament, wanted)

    @extend_schema(
        operation_id="tournament_registrations",
        parameters=[shapes.RegistrationsQuery],
        responses={200: shapes.RegistrationSerializer(many=True), 400: BAD_QUERY, 404: NOT_HERE},
        examples=[shapes.as_it_may_be(shapes.EXAMPLE)],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who registered, in that order, with what is known of them."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="tournament_registrations_mark",
        request=shapes.MarksSerializer,
        responses={
            200: OpenApiResponse(shapes.RosterPreviewSerializer),
            400: BAD_BODY,
            404: NOT_HERE,
            409: NOT_NOW,
        },
        examples=[
            OpenApiExample(
                "Choose",
                {"registrations": [shapes.REGISTRATION], "is_chosen": True},
                request_only=True,
            ),
            shapes.as_it_may_be(shapes.ROSTER_PREVIEW),
            problem("Full", "roster_full", "36 can play, and 0 places are left.", 409),
        ],
    )
    def patch(self, request: Request, tournament_id: str) -> Response:
        """Choose, pin, pass over, note, tag or group registrations: all of them, or none."""
        body = shapes.MarksSerializer.read(request)
        ids = body.pop("registrations")
        with answered():
            draft.mark(tournament_id, ids, Marks(**body), now=timezone.now())
        return _preview(tournament_id)


class FillView(APIView):
    permission_classes = [Curates]

    @extend_schema(
        operation_id="tournament_fill",
        request=None,
        responses={200: shapes.RosterPreviewSerializer, 404: NOT_HERE, 409: NOT_NOW},
        examples=[
            shapes.as_it_may_be(shapes.ROSTER_PREVIEW),
            problem("Full", "roster_full", "Every place is taken.", 409),
        ],
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
        request=shapes.SeedsSerializer,
        responses={200: shapes.RosterPreviewSerializer, 400: BAD_BODY, 404: NOT_HERE, 409: NOT_NOW},
        examples=[
            OpenApiExample("By past results", {"rule": "results"}, request_only=True),
            OpenApiExample(
                "By hand", {"registration": shapes.REGISTRATION, "seed": 1}, request_only=True
            ),
            shapes.as_it_may_be(shapes.ROSTER_PREVIEW),
            problem("No such seed", "no_such_seed", "Seeds go from 1 to 36.", 409),
        ],
    )
    def post(self, request: Request, tournament_id: str) -> Response:
        """Seed who is chosen by a rule, or move one of them; the pots follow from the seeds."""
        body = shapes.SeedsSerializer.read(request)
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
        responses={200: shapes.RosterPreviewSerializer, 400: BAD_QUERY, 404: NOT_HERE},
        examples=[shapes.as_it_may_be(shapes.ROSTER_PREVIEW)],
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
        request=shapes.ConfirmSerializer,
        responses={
            200: shapes.PlayerSerializer(many=True),
            400: BAD_BODY,
            404: NOT_HERE,
            409: NOT_NOW,
            503: TRY_AGAIN,
        },
        examples=[
            OpenApiExample(
                "Eight", {"userIds": [str(2001 + n) for n in range(8)]}, request_only=True
            ),
            shapes.as_it_may_be(shapes.PLAYER),
            shapes.LOST,
        ],
    )
    def post(self, request: Request, tournament_id: str) -> Response:
        """Publish exactly this roster, at once: these are confirmed, and everybody else waits.

        Twitch is asked again who subscribes. Until the draw the roster can be taken back.
        """
        body = shapes.ConfirmSerializer.read(request)
        with answered():
            players = publishing.publish(
                tournament_id,
                by=request.user.get_username(),
                now=timezone.now(),
                viewer_ids=body["userIds"],
                without_subscription=body["without_subscription"],
            )
        return Response(shapes.PlayerSerializer(players, many=True).data)


class TakeBackView(APIView):
    permission_classes = [Curates]

    @extend_schema(
        operation_id="tournament_take_back",
        request=shapes.RosterReasonSerializer,
        responses={200: shapes.RosterPreviewSerializer, 400: BAD_BODY, 404: NOT_HERE, 409: NOT_NOW},
        examples=[
            OpenApiExample("Why", {"reason": "Somebody was forgotten"}, request_only=True),
            shapes.as_it_may_be(shapes.ROSTER_PREVIEW),
            problem("Drawn", "drawn", "The draw is made from this roster: it stays as it is.", 409),
        ],
    )
    def post(self, request: Request, tournament_id: str) -> Response:
        """Take the published roster back, until the draw: the draft is as it was."""
        reason = shapes.RosterReasonSerializer.read(request)["reason"]
        by = request.user.get_username()
        with answered():
            publishing.take_back(tournament_id, by=by, now=timezone.now(), reason=reason)
        return _preview(tournament_id)


class ReplaceView(APIView):
    permission_classes = [Curates]

    @extend_schema(
        operation_id="tournament_replace_player",
        request=shapes.ReplaceSerializer,
        responses={
            200: shapes.PlayerSerializer,
            400: BAD_BODY,
            404: NOT_HERE,
            409: NOT_NOW,
            503: TRY_AGAIN,
        },
        examples=[
            OpenApiExample("The next", {"player": shapes.PLAYER["id"]}, request_only=True),
            shapes.as_it_may_be(shapes.PLAYER),
            problem("Nobody", "nobody_waits", "Nobody is on the waiting list.", 409),
        ],
    )
    def post(self, request: Request, tournament_id: str) -> Response:
        """Give a player's place to somebody who waits, until the first match of the place."""
        body = shapes.ReplaceSerializer.read(request)
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
        return Response(shapes.PlayerSerializer(taken).data)


def _preview(tournament_id: str) -> Response:
    with answered():
        tournament = Tournament.objects.get(pk=tournament_id)
    return Response(shapes.RosterPreviewSerializer(board.preview(tournament)).data)
