"""Predictions for client apps: the market of a match, staking, and what a viewer has staked."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsViewer, MayAct
from rest.problems import Problem
from rest.queries import BAD_QUERY, NoQuery, Query
from tournaments.api.betting import NOT_YOU, PressBody, answer, looker, problem, sent, viewer_of
from tournaments.api.reading.shapes import Shape
from tournaments.api.refusals import BAD_BODY, NOT_HERE, NOT_SIGNED_IN, answered
from tournaments.models import Match, Prediction
from tournaments.services import predictions, reading

MOST = 2_000_000_000

# --- Shapes ------------------------------------------------------------------------------------


class PredictBody(PressBody):
    side = serializers.ChoiceField(
        Prediction.Side.choices, required=False, help_text="In a tie never `draw`."
    )
    participant = serializers.CharField(
        max_length=40,
        required=False,
        help_text="Instead of a side: the id of one of the players, or their Twitch user id.",
    )
    points_wagered = serializers.IntegerField(
        min_value=1, max_value=MOST, help_text="Added to what is there on the same side."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("side" in attrs) == ("participant" in attrs):
            raise ValidationError("Give either a side or a participant.", "side_or_participant")
        return attrs


class MarketQuery(Query):
    points = serializers.IntegerField(
        min_value=1,
        max_value=MOST,
        default=predictions.USUAL_STAKE,
        help_text="What `projected` is told for.",
    )


class PredictionShape(Shape):
    id = serializers.CharField()
    match_id = serializers.CharField()
    side = serializers.ChoiceField(Prediction.Side.choices)
    points_wagered = serializers.IntegerField()
    status = serializers.ChoiceField(Prediction.Status.choices)
    payout = serializers.IntegerField(help_text="What came back: winnings, or the stake.")
    made_at = serializers.DateTimeField()


class OwnPredictionShape(PredictionShape):
    projected = serializers.IntegerField(help_text="What it brings back as the stakes are now.")


class MarketSideShape(Shape):
    side = serializers.ChoiceField(Prediction.Side.choices)
    points = serializers.IntegerField(help_text="Staked by everybody.")
    viewers = serializers.IntegerField()
    projected = serializers.IntegerField(
        help_text="What `points` more on this side bring back with what you have there, if it is "
        "right and nobody stakes any more."
    )


class MarketShape(Shape):
    match_id = serializers.CharField()
    is_open = serializers.BooleanField(
        help_text="Until the match goes live, or one of its players reports it."
    )
    total = serializers.IntegerField()
    points = serializers.IntegerField()
    least_stake = serializers.IntegerField()
    most_stake = serializers.IntegerField(help_text="Of a viewer on a match.")
    sides = MarketSideShape(many=True)
    you = OwnPredictionShape(allow_null=True)


class MyPredictionsShape(Shape):
    predictions = PredictionShape(many=True)
    staked = serializers.IntegerField(help_text="On matches that are open.")


# --- Examples ----------------------------------------------------------------------------------

PREDICTION = {
    "id": "pred_01J9ZP5E6F7G8H9JKMNPQRSTVW",
    "match_id": "match_01J9ZM2K7B3C4D5E6F7G8H9JKM",
    "side": "home",
    "points_wagered": 50,
    "status": "open",
    "payout": 0,
    "made_at": "2026-11-17T18:40:00Z",
}
MARKET = {
    "match_id": PREDICTION["match_id"],
    "is_open": True,
    "total": 400,
    "points": 100,
    "least_stake": 1,
    "most_stake": 1000,
    "sides": [
        {"side": "home", "points": 200, "viewers": 7, "projected": 250},
        {"side": "draw", "points": 50, "viewers": 2, "projected": 333},
        {"side": "away", "points": 150, "viewers": 4, "projected": 200},
    ],
    "you": PREDICTION | {"projected": 100},
}
NOT_STAKED = OpenApiResponse(
    Problem,
    "The match is or was live (`locked`) or is not played (`not_played`); the stake is too small or"
    " large (`too_little`, `too_much`) or not there (`not_enough_points`); you are on another side "
    "(`other_side`), a tie has no draw (`no_draw`), the player is none of the match's "
    "(`not_in_this_match`), or the key was used for something else (`key_reused`).",
)


# --- Views -------------------------------------------------------------------------------------


class PredictView(APIView):
    permission_classes = [MayAct]

    @extend_schema(
        operation_id="match_predict",
        request=PredictBody,
        responses={
            200: MarketShape,
            400: BAD_BODY,
            401: NOT_SIGNED_IN,
            403: NOT_YOU,
            404: NOT_HERE,
            409: NOT_STAKED,
        },
        examples=[
            sent("A draw", {"side": "draw", "points_wagered": 50, "key": "press-1"}),
            sent("A player", {"participant": "2001", "points_wagered": 50, "key": "press-2"}),
            answer("Staked", MARKET),
            problem("locked", "Predictions closed at 19:02:11 UTC: the match was live."),
        ],
    )
    def post(self, request: Request, match_id: str) -> Response:
        """Stake points on how a match ends, or in a tie on who goes through."""
        body, viewer = PredictBody.read(request), viewer_of(request)
        with answered():
            match, _ = reading.shown_match(match_id)
            side = body.get("side") or predictions.side_of(match, body["participant"])
            predictions.predict(match_id, viewer, side, body["points_wagered"], body["key"])
        return Response(predictions.market(match, viewer))


class MarketView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="match_predictions",
        parameters=[MarketQuery],
        responses={200: MarketShape, 400: BAD_QUERY, 404: NOT_HERE},
        examples=[answer("Open", MARKET)],
    )
    def get(self, request: Request, match_id: str) -> Response:
        """What is staked on a match, and what a stake would bring back."""
        points = MarketQuery.read(request)["points"]
        with answered():
            match: Match = reading.shown_match(match_id)[0]
        return Response(predictions.market(match, looker(request), points))


class MyPredictionsView(APIView):
    permission_classes = [IsViewer]

    @extend_schema(
        operation_id="my_predictions",
        responses={
            200: MyPredictionsShape,
            400: BAD_QUERY,
            401: NOT_SIGNED_IN,
            403: OpenApiResponse(Problem, "Who is signed in is no viewer (`no_viewer`)."),
            404: NOT_HERE,
        },
        examples=[answer("One", {"predictions": [PREDICTION], "staked": 50})],
    )
    def get(self, request: Request, tournament_id: str) -> Response:
        """What you have predicted in a tournament, the newest first."""
        NoQuery.read(request)
        with answered():
            tournament = reading.shown(tournament_id)
        rows = list(predictions.of_viewer(viewer_of(request), tournament))
        staked = sum(row.points_wagered for row in rows if row.status == Prediction.Status.OPEN)
        return Response({"predictions": [predictions.row(row) for row in rows], "staked": staked})
