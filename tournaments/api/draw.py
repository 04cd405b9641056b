"""The draw: what anybody may see and check of it, and its director's buttons."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Rights
from rest.bodies import Body
from rest.problems import problem
from rest.queries import BAD_QUERY, NoQuery
from tournaments.api.reading.shapes import PlayerShape
from tournaments.api.reading.views import IF_NONE_MATCH, UNCHANGED, answer
from tournaments.api.refusals import BAD_BODY, NOT_HERE, NOT_NOW, answered
from tournaments.models import Drawing, Tournament
from tournaments.services import drawing, reading
from tournaments.services.drawing import Verb, Wishes
from tournaments.services.drawing.ceremony import QUICKEST, SLOWEST

Draws = Rights("tournaments.curate")
Shape = serializers.Serializer[dict[str, Any]]

ADA = {
    "id": "player_01J9ZK4W8Y6Q2V5T3R1N0M7XAB",
    "userId": "2001",
    "name": "Ada",
    "registration": "reg_01J9ZJ8R2T4V6X8Z0B2D4F6H8J",
}
BO = {
    "id": "player_01J9ZK4W8Y6Q2V5T3R1N0M7XAC",
    "userId": "2002",
    "name": "Bo",
    "registration": "reg_01J9ZJ8R2T4V6X8Z0B2D4F6H8K",
}
EXAMPLE = {
    "id": "tour_01J9ZH0A1B2C3D4E5F6G7H8J9K",
    "name": "Autumn Cup",
    "status": "ceremony",
    "seq": 41,
    "ceremony": {
        "is_running": True,
        "shown": 1,
        "steps": 36,
        "pace": 6.0,
        "next_at": "2026-11-10T19:00:06Z",
        "now": "2026-11-10T19:00:02Z",
    },
    "pots": [[{**ADA, "seed": 1, "pot": 1}, {**BO, "seed": 2, "pot": 1}]],
    "shown": [
        {
            "player": {**ADA, "seed": 1, "pot": 1},
            "opponents": [{**BO, "seed": 2, "pot": 1, "venue": "home"}],
        }
    ],
    "drawings": [
        {
            "purpose": "league",
            "name": "league draw",
            "version": 1,
            "commitment": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "drawn_at": "2026-11-10T18:59:00Z",
            "facts": {"pots": [[ADA["id"], BO["id"]]], "matches_per_player": 8},
            "secret": None,
            "result": None,
        }
    ],
}


class DrawnPlayerShape(PlayerShape):
    registration = serializers.CharField(help_text="Under which they stand in drawings of lots.")


class DrawnOpponentShape(DrawnPlayerShape):
    venue = serializers.ChoiceField(["home", "away"], help_text="Where the player shown plays.")


class ShownShape(Shape):
    player = DrawnPlayerShape()
    opponents = DrawnOpponentShape(many=True)


class CeremonyShape(Shape):
    is_running = serializers.BooleanField()
    shown = serializers.IntegerField(help_text="Players that are shown by now.")
    steps = serializers.IntegerField()
    pace = serializers.FloatField(help_text="Seconds for each.")
    next_at = serializers.DateTimeField(allow_null=True)
    now = serializers.DateTimeField(help_text="The server's clock.")


class DrawingShape(Shape):
    purpose = serializers.ChoiceField(Drawing.Purpose.choices)
    name = serializers.CharField()
    version = serializers.IntegerField(help_text="Of the way in which it is drawn.")
    commitment = serializers.CharField(help_text="SHA-256 of the secret.")
    drawn_at = serializers.DateTimeField(allow_null=True)
    facts = serializers.JSONField(allow_null=True, help_text="What went in.")
    secret = serializers.CharField(allow_null=True, help_text="As hex, once all is revealed.")
    result = serializers.JSONField(allow_null=True, help_text="What came out, once revealed.")


class DrawShape(Shape):
    id = serializers.CharField()
    name = serializers.CharField()
    status = serializers.ChoiceField(["not_drawn", "ceremony", "revealed"])
    seq = serializers.IntegerField()
    ceremony = CeremonyShape(allow_null=True)
    pots = serializers.ListField(child=DrawnPlayerShape(many=True))
    shown = ShownShape(many=True, help_text="In the order of the ceremony.")
    drawings = DrawingShape(many=True)


class RunShape(Body):
    ceremony = serializers.BooleanField(
        default=True, help_text="Keep the result secret until a ceremony has shown it."
    )


class NothingShape(Body):
    """An empty body."""


class DirectShape(Body):
    do = serializers.ChoiceField(
        [verb.value for verb in Verb], help_text="`start` goes on after a pause, too."
    )
    pace = serializers.FloatField(
        required=False, min_value=QUICKEST, max_value=SLOWEST, help_text="Seconds; with `speed`."
    )
    seen = serializers.IntegerField(
        required=False,
        min_value=0,
        help_text="With `step`: how many were shown when it was pressed; if it is another number "
        "by now, nothing happens.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["do"] == Verb.SPEED and "pace" not in attrs:
            raise serializers.ValidationError({"pace": "How many seconds?"}, "required")
        return attrs


class WishesShape(Body):
    pairs = serializers.ListField(
        child=serializers.ListField(
            child=serializers.CharField(max_length=40), min_length=2, max_length=2
        ),
        default=list,
        max_length=500,
        help_text="Ids of players who do not meet in the league phase.",
    )
    most_per_group = serializers.IntegerField(
        default=None,
        allow_null=True,
        min_value=1,
        max_value=64,
        help_text="At most so many opponents from one group.",
    )


def document(tournament: Tournament) -> Response:
    return Response(drawing.document(tournament, timezone.now()))


SHOWN = OpenApiExample("As it may be", EXAMPLE, response_only=True, status_codes=["200"])
IMPOSSIBLE = problem(
    "Impossible",
    "draw_impossible",
    "Pot 1 with pot 1: Ada, Bo, Cleo, Dario and Emi need 10 meetings there, and the rules leave 8 "
    "at most.",
    409,
)


BROTHERS = OpenApiExample("Brothers", {"pairs": [[ADA["id"], BO["id"]]], "most_per_group": 2})


class DrawView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="tournament_draw",
        parameters=[IF_NONE_MATCH],
        responses={200: DrawShape, 304: UNCHANGED, 400: BAD_QUERY, 404: NOT_HERE},
        examples=[SHOWN],
    )
    def get(self, request: Request, tournament_id: str) -> Response:
        """The draw so far: pots, who was shown with their opponents, and the proofs.

        While a ceremony is on there is nothing of what it has not shown. Afterwards `drawings` has
        all that is needed to make every draw again.
        """
        NoQuery.read(request)
        with answered():
            found = reading.shown(tournament_id)
        now = timezone.now()
        etag = f'"draw.{found.pk}.{drawing.version(found, now)}"'
        return answer(request, etag, lambda: drawing.document(found, now))


class CeremonyOnView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="tournament_ceremony_on",
        responses={
            200: DrawShape,
            204: OpenApiResponse(description="There is no ceremony now."),
            400: BAD_QUERY,
        },
        examples=[SHOWN],
    )
    def get(self, request: Request) -> Response:
        """The draw whose ceremony is on, or begins soon, as `…/draw` answers it."""
        NoQuery.read(request)
        found = drawing.ceremony_on()
        return document(found) if found else Response(status=status.HTTP_204_NO_CONTENT)


class RunLeagueView(APIView):
    permission_classes = [Draws]

    @extend_schema(
        operation_id="tournament_run_league_draw",
        request=RunShape,
        responses={200: DrawShape, 400: BAD_BODY, 404: NOT_HERE, 409: NOT_NOW},
        examples=[
            OpenApiExample("On screen", {"ceremony": True}, request_only=True),
            SHOWN,
            IMPOSSIBLE,
        ],
    )
    def post(self, request: Request, tournament_id: str) -> Response:
        """Draw the league phase and begin it; what is drawn already stays as it is."""
        body = RunShape.read(request)
        with answered():
            drawn = drawing.run_league_draw(
                tournament_id,
                by=request.user.get_username(),
                now=timezone.now(),
                ceremony=body["ceremony"],
            )
        return document(drawn.tournament)


class RunBracketView(APIView):
    permission_classes = [Draws]

    @extend_schema(
        operation_id="tournament_run_bracket_draw",
        request=NothingShape,
        responses={200: DrawShape, 400: BAD_BODY, 404: NOT_HERE, 409: NOT_NOW},
        examples=[
            SHOWN,
            problem(
                "Too early",
                "league_not_over",
                "The bracket is drawn once the league phase has all its results.",
                409,
            ),
        ],
    )
    def post(self, request: Request, tournament_id: str) -> Response:
        """Draw the halves of the bracket; what is drawn already stays as it is."""
        NothingShape.read(request)
        with answered():
            drawn = drawing.flip_coins(
                tournament_id, by=request.user.get_username(), now=timezone.now()
            )
        return document(drawn.tournament)


class CeremonyView(APIView):
    permission_classes = [Draws]

    @extend_schema(
        operation_id="tournament_ceremony",
        request=DirectShape,
        responses={200: DrawShape, 400: BAD_BODY, 404: NOT_HERE, 409: NOT_NOW},
        examples=[
            OpenApiExample("The next one", {"do": "step", "seen": 4}, request_only=True),
            OpenApiExample("Quicker", {"do": "speed", "pace": 3}, request_only=True),
            SHOWN,
            problem("Too early", "not_drawn", "The league phase is not drawn yet.", 409),
        ],
    )
    def post(self, request: Request, tournament_id: str) -> Response:
        """Direct the ceremony; once all is revealed nothing changes any more."""
        body = DirectShape.read(request)
        with answered():
            directed = drawing.control(
                tournament_id,
                Verb(body["do"]),
                by=request.user.get_username(),
                now=timezone.now(),
                pace=body.get("pace"),
                seen=body.get("seen"),
            )
        return document(directed.tournament)


class WishesView(APIView):
    permission_classes = [Draws]

    @extend_schema(
        operation_id="tournament_draw_rules",
        responses={200: WishesShape, 400: BAD_QUERY, 404: NOT_HERE},
        examples=[BROTHERS],
    )
    def get(self, request: Request, tournament_id: str) -> Response:
        """What is asked of the league draw, besides the groups of players."""
        NoQuery.read(request)
        with answered():
            asked = drawing.wishes(Tournament.objects.get(pk=tournament_id))
        return Response(_plain(asked))

    @extend_schema(
        operation_id="tournament_change_draw_rules",
        request=WishesShape,
        responses={200: WishesShape, 400: BAD_BODY, 404: NOT_HERE, 409: NOT_NOW},
        examples=[
            BROTHERS,
            IMPOSSIBLE,
        ],
    )
    def put(self, request: Request, tournament_id: str) -> Response:
        """Ask something else of it; what no draw can keep is refused, and says which rule it is."""
        body = WishesShape.read(request)
        wanted = Wishes(body["pairs"], body["most_per_group"])
        with answered():
            asked = drawing.wish(
                tournament_id, wanted, by=request.user.get_username(), now=timezone.now()
            )
        return Response(_plain(asked))


def _plain(asked: Wishes) -> dict[str, Any]:
    return {"pairs": asked.pairs, "most_per_group": asked.most_per_group}
