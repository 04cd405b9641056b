"""Players who withdraw, return, or are warned, for those who run the matches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rest.problems import Problem
from tournaments.api.refusals import BAD_BODY, NOT_HERE, NOT_NOW, answered
from tournaments.api.results import answers, shapes
from tournaments.api.results.answers import (
    PREVIEW_ANSWER,
    UNSEEN,
    UNSEEN_ANSWER,
    EntersResults,
    sent,
)
from tournaments.models import Participant
from tournaments.services import corrections, withdrawals
from tournaments.services.corrections import Unseen

DONE = {200: shapes.PreviewShape, 400: BAD_BODY, 403: Problem, 404: NOT_HERE}


WARNED_ANSWER = OpenApiExample(
    "Noted",
    {"id": "player_01J9ZK4W8Y6Q2V5T3R1N0M7XAB", "warnings": 2, "strikes": 3},
    response_only=True,
    status_codes=["200"],
)


class PlayerView(APIView):
    """Changes something about a player, as it was previewed; answers what that changed."""

    permission_classes = [EntersResults]

    def apply(self, player_id: str, token: str, act: Callable[[datetime], Any]) -> Response:
        now = timezone.now()
        try:
            with answered():
                tournament_id = Participant.objects.get(pk=player_id).tournament_id
                done = corrections.apply(tournament_id, lambda: act(now), token)
        except Unseen as refused:
            return answers.unseen(refused)
        return Response(answers.preview_body(done))


class WithdrawView(PlayerView):
    @extend_schema(
        operation_id="player_withdraw",
        request=shapes.ConfirmedShape,
        responses={**DONE, 409: UNSEEN},
        examples=[PREVIEW_ANSWER, UNSEEN_ANSWER, sent("Why", {"reason": "Moved away"})],
    )
    def post(self, request: Request, player_id: str) -> Response:
        """Withdraw a player: what was played stands, the rest is forfeited."""
        body = shapes.ConfirmedShape.read(request)
        name, reason = answers.name_of(request), body["reason"]
        return self.apply(
            player_id,
            body["preview_token"],
            lambda now: withdrawals.withdraw(player_id, by=name, reason=reason, now=now),
        )


class ReinstateView(PlayerView):
    @extend_schema(
        operation_id="player_reinstate",
        request=shapes.ConfirmedShape,
        responses={**DONE, 409: UNSEEN},
        examples=[PREVIEW_ANSWER, UNSEEN_ANSWER, sent("Why", {"reason": "Is back"})],
    )
    def post(self, request: Request, player_id: str) -> Response:
        """Let a player who withdrew play on: what was forfeited for it is to be played."""
        body = shapes.ConfirmedShape.read(request)
        name, reason = answers.name_of(request), body["reason"]
        return self.apply(
            player_id,
            body["preview_token"],
            lambda now: withdrawals.reinstate(player_id, by=name, reason=reason, now=now),
        )


class WarningsView(APIView):
    permission_classes = [EntersResults]

    @extend_schema(
        operation_id="player_warnings",
        request=shapes.WarningsShape,
        responses={200: shapes.WarnedShape, 400: BAD_BODY, 404: NOT_HERE, 409: NOT_NOW},
        examples=[
            sent("A second one", {"warnings": 2, "reason": "Insulted the other player"}),
            WARNED_ANSWER,
        ],
    )
    def post(self, request: Request, player_id: str) -> Response:
        """Set a player's warnings, which with the no-shows are the strikes of the table."""
        body = shapes.WarningsShape.read(request)
        with answered():
            player = withdrawals.warn(
                player_id,
                body["warnings"],
                by=answers.name_of(request),
                reason=body["reason"],
                now=timezone.now(),
            )
        return Response({"id": player.pk, "warnings": player.warnings, "strikes": player.strikes})
