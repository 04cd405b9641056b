"""Points for client apps."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsViewer, person
from points import registry
from points.models import Account, Entry
from points.services import people
from rest.problems import Problem
from rest.queries import BAD_QUERY, LimitQuery, NoQuery, PageQuery, Pages
from twitch.models import Viewer

NOT_SIGNED_IN = OpenApiResponse(Problem, "Nobody is signed in (`not_signed_in`).")
NO_VIEWER = OpenApiResponse(
    Problem, "Who is signed in is not known as a viewer: the way is Twitch (`no_viewer`)."
)


class AccountSerializer(serializers.Serializer[Account]):
    """What one viewer has."""

    viewer_id = serializers.CharField(help_text="Twitch's user id.")
    login = serializers.CharField(source="viewer.login")
    display_name = serializers.CharField(source="viewer.display_name")
    balance = serializers.IntegerField(help_text="With what is set aside.")
    available = serializers.IntegerField(help_text="What can be spent now.")


class OwnAccountSerializer(AccountSerializer):
    """What a viewer sees of their own account."""

    held = serializers.IntegerField(help_text="Set aside: theirs, but not to be spent.")
    owed = serializers.IntegerField(
        help_text="Taken back after it was spent: the next points pay it off."
    )
    seq = serializers.IntegerField(help_text="Rises with every change; as at `/api/user/connect`.")


class CauseSerializer(serializers.Serializer[Entry]):
    """What changed the balance."""

    type = serializers.CharField(source="cause_type")
    id = serializers.CharField(source="cause_id")
    url = serializers.SerializerMethodField(help_text="Where there is a page about it.")

    def get_url(self, entry: Entry) -> str | None:
        return registry.page(entry.cause_type, entry.cause_id)


class EntrySerializer(serializers.ModelSerializer[Entry]):
    """One change of a balance; it never changes itself."""

    id = serializers.IntegerField()
    cause = CauseSerializer(source="*")
    reverses = serializers.IntegerField(
        source="reverses_id", allow_null=True, help_text="Which entry this is the opposite of."
    )

    class Meta:
        model = Entry
        fields: ClassVar = [
            "id",
            "kind",
            "amount",
            "balance_after",
            "description",
            "cause",
            "reverses",
            "at",
        ]


ANN = {
    "viewer_id": "141981764",
    "login": "ann",
    "display_name": "Ann",
    "balance": 1250,
    "available": 1150,
}
SHOWN = OpenApiExample("Ann", ANN, response_only=True)


class LeaderboardView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="points_leaderboard",
        parameters=[LimitQuery],
        responses={200: AccountSerializer(many=True), 400: BAD_QUERY},
        examples=[SHOWN],
    )
    def get(self, request: Request) -> Response:
        """The viewers with the most points; without those who hide."""
        rows: Any = people.leaderboard(LimitQuery.read(request)["limit"])
        return Response(AccountSerializer(rows, many=True).data)


class ViewerView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="points_viewer",
        responses={
            200: AccountSerializer,
            400: BAD_QUERY,
            404: OpenApiResponse(Problem, "Nobody of that name or id is shown (`not_found`)."),
        },
        examples=[SHOWN],
    )
    def get(self, request: Request, name: str) -> Response:
        """What a viewer has, by login or id; who never had points has none."""
        NoQuery.read(request)
        viewer = people.find_shown(name)
        if viewer is None:
            raise NotFound("There is no viewer of that name or id.")
        return Response(AccountSerializer(people.account_of(viewer)).data)


class MeView(APIView):
    permission_classes = [IsViewer]

    @extend_schema(
        operation_id="points_me",
        responses={
            200: OwnAccountSerializer,
            400: BAD_QUERY,
            401: NOT_SIGNED_IN,
            403: NO_VIEWER,
        },
        examples=[
            OpenApiExample("Ann", {**ANN, "held": 100, "owed": 0, "seq": 48}, response_only=True)
        ],
    )
    def get(self, request: Request) -> Response:
        """What the signed-in viewer has.

        It is told live by the WebSocket `/api/user/connect`, to who is signed in:
        `{"type": "POINTS_UPDATE", "balance": n, "available": n, "seq": n}` at first and after each
        change. Every ten seconds it says `{"type": "beat", "seq": n}`, to be answered with
        `{"type": "seen"}`. It closes with 4401 for `not_signed_in`, with 4403 for `no_viewer`.
        """
        NoQuery.read(request)
        return Response(OwnAccountSerializer(people.account_of(viewer_of(request))).data)


class EntriesView(ListAPIView[Entry]):
    permission_classes = [IsViewer]
    serializer_class = EntrySerializer

    class pagination_class(Pages):  # noqa: N801 (DRF's name for it)
        ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Entry]:
        return people.entries(viewer_of(self.request))

    @extend_schema(
        operation_id="points_my_entries",
        responses={
            200: EntrySerializer(many=True),
            400: BAD_QUERY,
            401: NOT_SIGNED_IN,
            403: NO_VIEWER,
        },
        examples=[
            OpenApiExample(
                "A reward",
                {
                    "id": 91,
                    "kind": "credit",
                    "amount": 100,
                    "balance_after": 1250,
                    "description": "Reward “+100 points”",
                    "cause": {
                        "type": "twitch.redemption",
                        "id": "17fa2df1-ad76-4804-bfa5-a40ef63efe63",
                        "url": None,
                    },
                    "reverses": None,
                    "at": "2026-11-21T20:15:00Z",
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every change of what the signed-in viewer has, each with its cause, newest first."""
        PageQuery.read(request)
        return super().get(request, *args, **kwargs)


def viewer_of(request: Request) -> Viewer:
    """Return the viewer behind IsViewer."""
    viewer = person(request).viewer
    assert viewer is not None  # noqa: S101 (the permission says so)
    return viewer
