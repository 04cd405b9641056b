"""Deciding about the queue, for the streamer's programs: skip, remove, block, pause, rules."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rest.bodies import Body
from rest.problems import NotNow, Problem
from rest.queries import NoQuery
from sagas.flow import Refused
from songqueue.models import Block, Decision, SongRequest, SongRules
from songqueue.services import moderation, rules
from songqueue.services.moderation import By

NOT_NOW = OpenApiResponse(Problem, "It is not in a state for that; the code says why.")


# --- Shapes ----------------------------------------------------------------------------------


class WhySerializer(Body):
    why = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)


class PauseSerializer(WhySerializer):
    is_paused = serializers.BooleanField(default=True)


class QueueDecisionSerializer(serializers.ModelSerializer[Decision]):
    class Meta:
        model = Decision
        fields: ClassVar = ["id", "verb", "request_id", "what", "why", "via", "actor_name", "at"]


class BlockSerializer(serializers.ModelSerializer[Block]):
    class Meta:
        model = Block
        fields: ClassVar = ["id", "kind", "value", "label", "reason", "made_by", "made_at"]


class NewBlockSerializer(Body):
    kind = serializers.ChoiceField(Block.Kind.choices)
    value = serializers.CharField(
        max_length=300, help_text="A Spotify link or id, a viewer's login or Twitch id, or a word."
    )
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)


class BlockReasonSerializer(Body):
    reason = serializers.CharField(allow_blank=True, max_length=200)


class RulesSerializer(Body, serializers.ModelSerializer[SongRules]):
    class Meta:
        model = SongRules
        exclude: ClassVar = ["id"]
        read_only_fields: ClassVar = ["is_paused"]


# --- The queue -------------------------------------------------------------------------------


class SkipView(APIView):
    @extend_schema(
        operation_id="song_queue_skip",
        request=WhySerializer,
        responses={202: QueueDecisionSerializer, 400: Problem, 409: NOT_NOW},
    )
    def post(self, request: Request) -> Response:
        """Skip what plays; the player is told in a moment, and what is not spent yet refunded."""
        _allow(request, "songqueue.change_songrequest")
        why = _why(request)
        try:
            decision = moderation.skip(_by(request), why=why)
        except Refused as refused:
            raise NotNow(refused.sentence, refused.code) from refused
        return Response(QueueDecisionSerializer(decision).data, status.HTTP_202_ACCEPTED)


class RemoveView(APIView):
    @extend_schema(
        operation_id="song_request_remove",
        request=WhySerializer,
        responses={200: QueueDecisionSerializer, 400: Problem, 404: Problem, 409: NOT_NOW},
    )
    def post(self, request: Request, request_id: str) -> Response:
        """Take a waiting request off the queue; what is not spent yet is refunded."""
        _allow(request, "songqueue.change_songrequest")
        found = SongRequest.objects.select_related("track").filter(pk=request_id).first()
        if found is None:
            raise Http404
        why = _why(request)
        try:
            decision = moderation.remove(found, _by(request), timezone.now(), why=why)
        except Refused as refused:
            raise NotNow(refused.sentence, refused.code) from refused
        return Response(QueueDecisionSerializer(decision).data)


class PauseView(APIView):
    @extend_schema(
        operation_id="song_queue_pause",
        request=PauseSerializer,
        responses={200: RulesSerializer, 400: Problem},
    )
    def post(self, request: Request) -> Response:
        """Pause song requests by hand, or end that; the reward on Twitch follows."""
        _allow(request, "songqueue.change_songrules")
        body = PauseSerializer.read(request)
        moderation.pause(_by(request), is_paused=body["is_paused"], why=body["why"])
        return Response(RulesSerializer(rules.current()).data)


class RulesView(APIView):
    @extend_schema(operation_id="song_rules", responses={200: RulesSerializer})
    def get(self, request: Request) -> Response:
        """The rules for song requests."""
        NoQuery.read(request)
        return Response(RulesSerializer(rules.current()).data)

    @extend_schema(
        operation_id="song_rules_change",
        request=RulesSerializer(partial=True),
        responses={200: RulesSerializer, 400: Problem},
    )
    def patch(self, request: Request) -> Response:
        """Change what is given of the rules; requests that are under way keep their plan."""
        _allow(request, "songqueue.change_songrules")
        body = RulesSerializer(rules.current(), data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        return Response(RulesSerializer(moderation.change_rules(**body.validated_data)).data)


# --- Blocks ----------------------------------------------------------------------------------


class BlocksView(APIView):
    @extend_schema(operation_id="song_blocks", responses={200: BlockSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """Everything that is blocked, newest first."""
        NoQuery.read(request)
        return Response(BlockSerializer(Block.objects.order_by("-id"), many=True).data)

    @extend_schema(
        operation_id="song_block_create",
        request=NewBlockSerializer,
        responses={201: BlockSerializer, 400: Problem},
    )
    def post(self, request: Request) -> Response:
        """Block a track, an artist, a viewer or a word; what is blocked already is returned."""
        _allow(request, "songqueue.add_block")
        body = NewBlockSerializer.read(request)
        try:
            made = moderation.block(body["kind"], body["value"], _by(request), body["reason"])
        except Refused as refused:
            raise ValidationError({"value": refused.sentence}, refused.code) from refused
        return Response(BlockSerializer(made).data, status.HTTP_201_CREATED)


class BlockView(APIView):
    @extend_schema(operation_id="song_block", responses={200: BlockSerializer, 404: Problem})
    def get(self, request: Request, block_id: int) -> Response:
        """One block."""
        NoQuery.read(request)
        return Response(BlockSerializer(_block(block_id)).data)

    @extend_schema(
        operation_id="song_block_change",
        request=BlockReasonSerializer,
        responses={200: BlockSerializer, 400: Problem, 404: Problem},
    )
    def patch(self, request: Request, block_id: int) -> Response:
        """Say anew why it is blocked."""
        _allow(request, "songqueue.change_block")
        blocked = _block(block_id)
        blocked.reason = BlockReasonSerializer.read(request)["reason"]
        blocked.save(update_fields=["reason"])
        return Response(BlockSerializer(blocked).data)

    @extend_schema(operation_id="song_block_delete", responses={204: None, 404: Problem})
    def delete(self, request: Request, block_id: int) -> Response:
        """Let it be requested again."""
        _allow(request, "songqueue.delete_block")
        moderation.unblock(_block(block_id), _by(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


# --- What they share -------------------------------------------------------------------------


def _allow(request: Request, right: str) -> None:
    if not request.user.has_perm(right):
        raise PermissionDenied


def _by(request: Request) -> By:
    user = request.user if request.user.pk else None
    return By(moderation.Via.API, request.user.get_username(), cast(Any, user))


def _why(request: Request) -> str:
    return str(WhySerializer.read(request)["why"])


def _block(block_id: int) -> Block:
    found = Block.objects.filter(pk=block_id).first()
    if found is None:
        raise Http404
    return found
