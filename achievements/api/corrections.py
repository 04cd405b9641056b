"""Achievements for those who keep them right."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from achievements.models import Definition
from achievements.services import corrections, definitions
from rest.bodies import Body
from rest.problems import Problem
from rest.queries import NoQuery
from twitch.models import Viewer
from twitch.services import viewers


class RecountSerializer(Body):
    viewer = serializers.CharField(
        required=False, max_length=128, help_text="Login or id; left out: everybody."
    )
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=1000)


class ResetSerializer(Body):
    viewer = serializers.CharField(max_length=128, help_text="Login or id; never everybody.")
    achievements = serializers.ListField(
        child=serializers.CharField(max_length=50),
        required=False,
        allow_empty=False,
        help_text="Their keys; left out: all of the viewer's.",
    )
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=1000)


class RecountedSerializer(serializers.Serializer[Any]):
    corrected = serializers.IntegerField(help_text="Standings that were not as the history says.")


class ResultSerializer(serializers.Serializer[Any]):
    """What a reset took away."""

    viewer_id = serializers.CharField()
    earned = serializers.IntegerField(help_text="How many had been earned.")


class DryRunSerializer(serializers.Serializer[definitions.DryRun]):
    """Who would win or lose an achievement, as ids of viewers."""

    gained = serializers.SerializerMethodField()
    lost = serializers.SerializerMethodField()
    kept = serializers.IntegerField()

    def get_gained(self, result: definitions.DryRun) -> list[str]:
        return sorted({viewer_id for viewer_id, _ in result.gained})

    def get_lost(self, result: definitions.DryRun) -> list[str]:
        return sorted({viewer_id for viewer_id, _ in result.lost})


class SenselessRule(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = definitions.Senseless.code


UNKNOWN = OpenApiResponse(Problem, "There is no such viewer or achievement (`not_found`).")
SENSELESS = OpenApiResponse(Problem, "The rule cannot count (`senseless_rule`).")


class CorrectionView(APIView):
    """For staff who may change achievements."""

    def allow(self, request: Request) -> dict[str, Any]:
        """Return who acts, for the record; raises PermissionDenied."""
        if not request.user.has_perm("achievements.change_definition"):
            raise PermissionDenied
        actor = request.user if request.user.pk else None
        return {"actor": actor, "actor_name": request.user.get_username()}


class RecountView(CorrectionView):
    @extend_schema(
        operation_id="achievements_recount",
        request=RecountSerializer,
        responses={200: RecountedSerializer, 400: Problem, 404: UNKNOWN},
    )
    def post(self, request: Request) -> Response:
        """Make standings equal to the history, of one viewer or of everybody."""
        who = self.allow(request)
        body = RecountSerializer.read(request)
        viewer = _viewer(body["viewer"]) if "viewer" in body else None
        corrected = corrections.recount(viewer, note=body["note"], **who)
        return Response({"corrected": len(corrected)})


class ResetView(CorrectionView):
    @extend_schema(
        operation_id="achievements_reset",
        request=ResetSerializer,
        responses={200: ResultSerializer, 400: Problem, 404: UNKNOWN},
    )
    def post(self, request: Request) -> Response:
        """Let a viewer begin anew, in some achievements or in all."""
        who = self.allow(request)
        body = ResetSerializer.read(request)
        viewer = _viewer(body["viewer"])
        earned = corrections.reset(
            viewer, _definitions(body), now=timezone.now(), note=body["note"], **who
        )
        return Response({"viewer_id": viewer.pk, "earned": earned})


class DryRunView(CorrectionView):
    @extend_schema(
        operation_id="achievements_dry_run",
        responses={200: DryRunSerializer, 404: UNKNOWN, 409: SENSELESS},
    )
    def get(self, request: Request, key: str) -> Response:
        """Who would win or lose the achievement if it was applied now."""
        self.allow(request)
        NoQuery.read(request)
        try:
            result = definitions.dry_run(_definition(key))
        except definitions.Senseless as error:
            raise SenselessRule(str(error)) from error
        return Response(DryRunSerializer(result).data)


class ApplyView(CorrectionView):
    @extend_schema(
        operation_id="achievements_apply",
        request=None,
        responses={200: DryRunSerializer, 404: UNKNOWN, 409: SENSELESS},
    )
    def post(self, request: Request, key: str) -> Response:
        """Count the whole history by this achievement, without announcing anything of it."""
        who = self.allow(request)
        try:
            result = definitions.apply(_definition(key), now=timezone.now(), **who)
        except definitions.Senseless as error:
            raise SenselessRule(str(error)) from error
        return Response(DryRunSerializer(result).data)


def _viewer(name: str) -> Viewer:
    viewer = viewers.find(name)
    if viewer is None:
        raise NotFound("There is no viewer of that name or id.")
    return viewer


def _definition(key: str) -> Definition:
    definition = Definition.objects.filter(pk=key).first()
    if definition is None:
        raise NotFound("There is no achievement with that key.")
    return definition


def _definitions(body: dict[str, Any]) -> list[Definition]:
    if "achievements" not in body:
        return list(Definition.objects.all())
    found = list(Definition.objects.filter(pk__in=body["achievements"]))
    unknown = set(body["achievements"]) - {definition.key for definition in found}
    if unknown:
        raise ValidationError({"achievements": "One of them does not exist."}, "unknown_key")
    return found
