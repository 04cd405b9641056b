"""Registering for a tournament, for viewers."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsViewer, MayAct, person
from rest.problems import Problem, problem
from rest.queries import BAD_QUERY, NoQuery
from tournaments.api.refusals import (
    NOT_HERE,
    NOT_NOW,
    NOT_SIGNED_IN,
    RETRY_AFTER,
    TRY_AGAIN,
    answered,
)
from tournaments.models import Registration
from tournaments.services import reading, registrations
from tournaments.services.registrations import NOT_REGISTERED, Mine
from twitch.models import Viewer

NOT_YOU = OpenApiResponse(
    Problem,
    "Twitch says that you do not subscribe (`not_subscribed`), you are banned (`banned`), or "
    "signed in without Twitch (`no_viewer`).",
)
STATUSES = [(NOT_REGISTERED, "not registered"), *Registration.Status.choices]


class MyRegistrationSerializer(serializers.Serializer[Any]):
    """How a viewer stands to a tournament."""

    id = serializers.CharField(
        allow_null=True, help_text="Under which you stand in published draws of lots."
    )
    status = serializers.ChoiceField(STATUSES)
    can_register = serializers.BooleanField(help_text="Registration is open, and you are not in.")
    registered_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    tier = serializers.CharField(help_text="What Twitch said: 1000, 2000 or 3000; empty: none.")
    is_gift = serializers.BooleanField()
    subscription_seen_at = serializers.DateTimeField(allow_null=True)
    waiting_place = serializers.IntegerField(
        allow_null=True, help_text="Of who was not selected: how near a free place is, from 1."
    )


EXAMPLE = {
    "id": "reg_01J9ZJ8R2T4V6X8Z0B2D4F6H8J",
    "status": "PENDING",
    "can_register": False,
    "registered_at": "2026-11-02T19:00:00Z",
    "withdrawn_at": None,
    "tier": "1000",
    "is_gift": False,
    "subscription_seen_at": "2026-11-02T19:00:00Z",
    "waiting_place": None,
}
EXAMPLES = [
    OpenApiExample("Registered", EXAMPLE, response_only=True, status_codes=["200", "201"]),
    problem("Closed", "registration_closed", "Registration is not open.", 409),
    problem(
        "No subscription",
        "not_subscribed",
        "This tournament is for subscribers of the channel.",
        403,
    ),
    problem(
        "Twitch is away",
        "try_again",
        "Twitch does not tell us at the moment who subscribes: try again in a moment.",
        503,
    ),
]


class RegisterView(APIView):
    permission_classes = [MayAct]

    @extend_schema(
        operation_id="tournament_register",
        request=None,
        parameters=[RETRY_AFTER],
        responses={
            200: MyRegistrationSerializer,
            201: MyRegistrationSerializer,
            401: NOT_SIGNED_IN,
            403: NOT_YOU,
            404: NOT_HERE,
            409: NOT_NOW,
            503: TRY_AGAIN,
        },
        examples=EXAMPLES,
    )
    def post(self, request: Request, tournament_id: str) -> Response:
        """Register; who is registered already stays so (200). Twitch is asked who subscribes."""
        viewer = viewer_of(request)
        with answered():
            _, is_new = registrations.register(tournament_id, viewer, now=timezone.now())
        made = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(_mine(tournament_id, viewer), made)

    @extend_schema(
        operation_id="tournament_withdraw",
        responses={
            200: MyRegistrationSerializer,
            401: NOT_SIGNED_IN,
            403: NOT_YOU,
            404: NOT_HERE,
            409: NOT_NOW,
        },
        examples=[
            OpenApiExample(
                "Withdrawn",
                EXAMPLE | {"status": "WITHDRAWN", "withdrawn_at": "2026-11-03T08:00:00Z"},
                response_only=True,
                status_codes=["200"],
            ),
            problem(
                "Drawn",
                "drawn",
                "You are in the draw: tell the streamer's team, who sort out your matches.",
                409,
            ),
        ],
    )
    def delete(self, request: Request, tournament_id: str) -> Response:
        """Withdraw, until the draw; who has withdrawn already stays so."""
        viewer = viewer_of(request)
        with answered():
            registrations.withdraw(tournament_id, viewer, now=timezone.now())
        return Response(_mine(tournament_id, viewer))


class MyStatusView(APIView):
    permission_classes = [IsViewer]

    @extend_schema(
        operation_id="tournament_my_registration",
        responses={
            200: MyRegistrationSerializer,
            400: BAD_QUERY,
            401: NOT_SIGNED_IN,
            403: OpenApiResponse(Problem, "Signed in without Twitch (`no_viewer`)."),
            404: NOT_HERE,
        },
        examples=EXAMPLES[:1],
    )
    def get(self, request: Request, tournament_id: str) -> Response:
        """How you stand to a tournament."""
        NoQuery.read(request)
        return Response(_mine(tournament_id, viewer_of(request)))


def viewer_of(request: Request) -> Viewer:
    """Return who acts, behind IsViewer; raises NotFound for nobody."""
    viewer = person(request).viewer
    if viewer is None:
        raise NotFound
    return viewer


def _mine(tournament_id: str, viewer: Viewer) -> dict[str, Any]:
    with answered():
        tournament = reading.shown(tournament_id)
    return _shape(registrations.status_of(tournament, viewer, timezone.now()))


def _shape(mine: Mine) -> dict[str, Any]:
    row = mine.registration
    shown = MyRegistrationSerializer(
        {
            "id": row.pk if row else None,
            "status": mine.status,
            "can_register": mine.can_register,
            "registered_at": row.registered_at if row else None,
            "withdrawn_at": row.withdrawn_at if row else None,
            "tier": row.tier if row else "",
            "is_gift": row.is_gift if row else False,
            "subscription_seen_at": row.subscription_seen_at if row else None,
            "waiting_place": row.waiting_place if row else None,
        }
    )
    return dict(shown.data)
