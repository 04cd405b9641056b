"""Chat commands for the streamer's programs: list, make, change, delete."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rest.bodies import Body
from rest.problems import NotNow, Problem
from rest.queries import NoQuery
from twitch.models import Command, Permission
from twitch.services.commands import editing, listing
from twitch.services.commands.editing import NameTaken, NotPossible

BAD_BODY = OpenApiResponse(
    Problem,
    "A field is unknown (`unknown_field`) or out of range, a name cannot be typed"
    " (`invalid_name`), a text holds an unknown placeholder (`unknown_placeholder`) or is missing"
    " (`no_text`), or a computed command is given one (`computed`, `fixed_kind`).",
)
UNKNOWN = OpenApiResponse(Problem, "No command has this name; aliases do not count (`not_found`).")
TAKEN = OpenApiResponse(Problem, "Another command has this name or alias (`name_taken`).")


RANKS = [rank.name.lower() for rank in Permission]


class RankField(serializers.ChoiceField):
    """A rank in chat by its word."""

    def __init__(self, **more: Any) -> None:
        super().__init__(RANKS, **more)

    def to_internal_value(self, data: Any) -> Any:
        return Permission[super().to_internal_value(data).upper()]

    def to_representation(self, value: Any) -> str:
        return Permission(value).name.lower()


class CommandSerializer(Body, serializers.ModelSerializer[Command]):
    # What a name may be, and who has it already, is asked where all names are: in the service.
    name = serializers.CharField(help_text="1 to 50 of a-z, 0-9 and -.")
    aliases = serializers.ListField(
        child=serializers.CharField(), max_length=editing.MOST_ALIASES, required=False
    )
    permission = RankField(required=False, help_text="Who may use it.")
    write_permission = RankField(
        required=False, help_text="Who may change the value in chat, by !update."
    )
    usage = serializers.SerializerMethodField(help_text="What may follow the name in chat.")

    class Meta:
        model = Command
        fields: ClassVar = [
            "name",
            "aliases",
            "kind",
            "description",
            "usage",
            "template",
            "value",
            "write_permission",
            "permission",
            "cooldown_seconds",
            "viewer_cooldown_seconds",
            "only_live",
            "is_enabled",
            "count",
            "last_used_at",
        ]
        read_only_fields: ClassVar = ["count", "last_used_at"]
        extra_kwargs: ClassVar = {
            "template": {"help_text": f"What is answered. {editing.PLACEHOLDER_HELP}"}
        }

    def get_usage(self, command: Command) -> str:
        return listing.usage(command)


class CommandsView(APIView):
    @extend_schema(operation_id="commands", responses={200: CommandSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """Every chat command, in the order of the alphabet."""
        NoQuery.read(request)
        commands = Command.objects.prefetch_related("names")
        return Response(CommandSerializer(commands, many=True).data)

    @extend_schema(
        operation_id="command_create",
        request=CommandSerializer,
        responses={201: CommandSerializer, 400: BAD_BODY, 409: TAKEN},
    )
    def post(self, request: Request) -> Response:
        """Make a command that answers with a text."""
        _allow(request, "twitch.add_command")
        settings = CommandSerializer.read(request)
        try:
            command = editing.create(settings, settings.pop("aliases", []))
        except NotPossible as error:
            raise _refused(error) from error
        return Response(CommandSerializer(command).data, status.HTTP_201_CREATED)


class CommandView(APIView):
    @extend_schema(operation_id="command", responses={200: CommandSerializer, 404: UNKNOWN})
    def get(self, request: Request, name: str) -> Response:
        """One command, by its name."""
        NoQuery.read(request)
        return Response(CommandSerializer(_found(name)).data)

    @extend_schema(
        operation_id="command_change",
        request=CommandSerializer(partial=True),
        responses={200: CommandSerializer, 400: BAD_BODY, 404: UNKNOWN, 409: TAKEN},
    )
    def patch(self, request: Request, name: str) -> Response:
        """Change what is given of a command, and leave the rest."""
        _allow(request, "twitch.change_command")
        body = CommandSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        settings = dict(body.validated_data)
        try:
            command = editing.change(name, settings, settings.pop("aliases", None))
        except Command.DoesNotExist:
            raise Http404 from None
        except NotPossible as error:
            raise _refused(error) from error
        return Response(CommandSerializer(command).data)

    @extend_schema(
        operation_id="command_delete",
        responses={
            204: None,
            404: UNKNOWN,
            409: OpenApiResponse(Problem, "It is computed: switch it off instead (`computed`)."),
        },
    )
    def delete(self, request: Request, name: str) -> Response:
        """Delete a command, its names and its count."""
        _allow(request, "twitch.delete_command")
        try:
            editing.delete(_found(name))
        except NotPossible as error:
            raise NotNow(error.sentence, error.code) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


def _allow(request: Request, right: str) -> None:
    if not request.user.has_perm(right):
        raise PermissionDenied


def _found(name: str) -> Command:
    command = Command.objects.filter(name=name).first()
    if command is None:
        raise Http404
    return command


def _refused(error: NotPossible) -> APIException:
    if isinstance(error, NameTaken):
        return NotNow(error.sentence, error.code)
    return ValidationError({error.field: error.sentence}, error.code)
