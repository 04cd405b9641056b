"""Points for client apps."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from points.models import Account
from points.services import people
from rest.problems import Problem
from rest.queries import LimitQuery, NoQuery

BAD_QUERY = OpenApiResponse(
    Problem, "A query key is unknown (`unknown_key`), repeated (`repeated_key`) or out of range."
)


class AccountSerializer(serializers.Serializer[Account]):
    """What one viewer has."""

    viewer_id = serializers.CharField(help_text="Twitch's user id.")
    login = serializers.CharField(source="viewer.login")
    display_name = serializers.CharField(source="viewer.display_name")
    balance = serializers.IntegerField(help_text="With what is set aside.")
    available = serializers.IntegerField(help_text="What can be spent now.")


class LeaderboardView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="points_leaderboard",
        parameters=[LimitQuery],
        responses={200: AccountSerializer(many=True), 400: BAD_QUERY},
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
    )
    def get(self, request: Request, name: str) -> Response:
        """What a viewer has, by login or id; who never had points has none."""
        NoQuery.read(request)
        viewer = people.find_shown(name)
        if viewer is None:
            raise NotFound("There is no viewer of that name or id.")
        return Response(AccountSerializer(people.account_of(viewer)).data)
