"""One's own account: who it is, everything that is known, and its end."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import cookies
from accounts.api.auth import NOT_SIGNED_IN
from accounts.models import User
from accounts.permissions import IsSignedIn, person
from accounts.registry import StillNeeded
from accounts.services import forgetting, me
from rest.problems import Problem
from rest.queries import NoQuery


class WrongName(APIException):
    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "wrong_name"
    default_detail = "This is not the name of your account, so nothing was deleted."


class NotYet(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "still_needed"


class MeSerializer(serializers.Serializer[User]):
    """Who is signed in."""

    name = serializers.CharField()
    viewer_id = serializers.CharField(
        allow_null=True, help_text="Twitch's user id; null for who never signed in with Twitch."
    )
    login = serializers.CharField(source="viewer.login", default=None, allow_null=True)
    is_banned = serializers.BooleanField(help_text="Whether they may look, but not take part.")
    banned_reason = serializers.CharField()
    roles = serializers.SerializerMethodField(help_text="What they moderate.")

    def get_roles(self, user: User) -> list[str]:
        return sorted(user.groups.values_list("name", flat=True))


class DeletionSerializer(serializers.Serializer[Any]):
    confirm = serializers.CharField(max_length=150, help_text="The account's name, as `me` says.")


class MeView(APIView):
    permission_classes = [IsSignedIn]

    @extend_schema(
        operation_id="me",
        responses={200: MeSerializer, 401: NOT_SIGNED_IN},
        examples=[
            OpenApiExample(
                "A viewer",
                {
                    "name": "Ada",
                    "viewer_id": "1003",
                    "login": "ada",
                    "is_banned": False,
                    "banned_reason": "",
                    "roles": [],
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Who is signed in."""
        NoQuery.read(request)
        return Response(MeSerializer(person(request)).data)


class ExportView(APIView):
    permission_classes = [IsSignedIn]

    @extend_schema(
        operation_id="me_export",
        responses={200: OpenApiTypes.OBJECT, 401: NOT_SIGNED_IN},
        examples=[
            OpenApiExample(
                "The beginning",
                {
                    "account": {
                        "name": "Ada",
                        "signs_in_with": [{"provider": "twitch", "id": "1003", "name": "Ada"}],
                        "joined_at": "2026-11-21T19:11:00+00:00",
                        "roles": [],
                        "banned": False,
                        "banned_reason": "",
                    },
                    "points": {"balance": 0, "held": 0, "owed": 0, "entries": [], "holds": []},
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Everything that is stored about the person, to take along."""
        NoQuery.read(request)
        headers = {
            "Content-Disposition": 'attachment; filename="greenroom.json"',
            "Cache-Control": "no-store",
        }
        return Response(me.export(person(request)), headers=headers)


class DeleteView(APIView):
    permission_classes = [IsSignedIn]

    @extend_schema(
        operation_id="me_delete",
        request=DeletionSerializer,
        responses={
            204: None,
            400: OpenApiResponse(Problem, "The name is not the account's (`wrong_name`)."),
            401: NOT_SIGNED_IN,
            409: OpenApiResponse(Problem, "Something must end first (`still_needed`)."),
        },
        examples=[OpenApiExample("Ada's", {"confirm": "Ada"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """Erase the account and all that names its person, for good. Sums stay, without a name."""
        NoQuery.read(request)
        user = person(request)
        body = DeletionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        if body.validated_data["confirm"] != user.name:
            raise WrongName
        try:
            forgetting.forget(user)
        except StillNeeded as refusal:
            raise NotYet(str(refusal)) from refusal
        logout(request._request)
        response = Response(status=status.HTTP_204_NO_CONTENT)
        cookies.clear(response)
        return response
