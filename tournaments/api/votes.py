"""Votes for client apps: started and cancelled by who may, cast by viewers, seen by everybody."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import MayAct, Rights
from rest.bodies import Body
from rest.problems import Problem
from rest.queries import BAD_QUERY, NoQuery
from tournaments.api.betting import NOT_YOU, PressBody, answer, looker, problem, sent, viewer_of
from tournaments.api.reading.shapes import Shape
from tournaments.api.refusals import BAD_BODY, NOT_HERE, NOT_SIGNED_IN, answered
from tournaments.models import VoteEvent
from tournaments.services import votes
from tournaments.services.votes import Terms, starting

RunsVotes = Rights("tournaments.run_votes")

# --- Shapes ------------------------------------------------------------------------------------


class StartBody(Body):
    points_award = serializers.IntegerField(
        min_value=0, max_value=100, help_text="League points for who wins; 0 for the applause."
    )
    cost_per_vote = serializers.IntegerField(min_value=0, max_value=starting.DEAREST)
    duration = serializers.IntegerField(
        min_value=starting.SHORTEST.seconds,
        max_value=starting.LONGEST.seconds,
        help_text="In seconds.",
    )
    most_per_viewer = serializers.IntegerField(
        min_value=1, max_value=starting.MOST_PER_VIEWER, default=1
    )
    quorum = serializers.IntegerField(
        min_value=1,
        max_value=starting.LARGEST_QUORUM,
        default=1,
        help_text="With fewer different voters nobody gets the award.",
    )
    tie_rule = serializers.ChoiceField(
        VoteEvent.TieRule.choices, default=VoteEvent.TieRule.NONE, help_text="Who is level."
    )


class CancelBody(Body):
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)


class CastBody(PressBody):
    participant = serializers.CharField(
        max_length=40, help_text="The id of a player of the match, or their Twitch user id."
    )


class ChoiceShape(Shape):
    player_id = serializers.CharField()
    userId = serializers.CharField(help_text="Twitch's user id.")  # noqa: N815 (the API's word)
    name = serializers.CharField()
    votes = serializers.IntegerField()
    award = serializers.IntegerField(help_text="League points; 0 until the vote is over.")


class OwnVotesShape(Shape):
    home = serializers.IntegerField()
    away = serializers.IntegerField()
    left = serializers.IntegerField()


class VoteEventShape(Shape):
    id = serializers.CharField()
    match_id = serializers.CharField()
    status = serializers.ChoiceField(VoteEvent.Status.choices)
    points_award = serializers.IntegerField()
    cost_per_vote = serializers.IntegerField()
    most_per_viewer = serializers.IntegerField()
    quorum = serializers.IntegerField()
    tie_rule = serializers.ChoiceField(VoteEvent.TieRule.choices)
    started_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    ends_in = serializers.FloatField(help_text="Seconds, by the clock that counts.")
    ended_at = serializers.DateTimeField(allow_null=True)
    home = ChoiceShape()
    away = ChoiceShape()
    no_award_because = serializers.ChoiceField(
        ["", "no_votes", "quorum", "tie"], help_text="Then what votes cost is paid back."
    )
    is_refunded = serializers.BooleanField()


class VoteEventForYouShape(VoteEventShape):
    you = OwnVotesShape(allow_null=True, help_text="Your votes; null for who is not signed in.")


class CastShape(Shape):
    vote_id = serializers.CharField()
    player_id = serializers.CharField()
    number = serializers.IntegerField(help_text="Which of your votes it is, from 1.")
    cost = serializers.IntegerField(help_text="What you paid for it, in points.")
    at = serializers.DateTimeField()


# --- Examples ----------------------------------------------------------------------------------

VOTE = {
    "id": "vote_01J9ZN3C4D5E6F7G8H9JKMNPQR",
    "match_id": "match_01J9ZM2K7B3C4D5E6F7G8H9JKM",
    "status": "ACTIVE",
    "points_award": 1,
    "cost_per_vote": 10,
    "most_per_viewer": 3,
    "quorum": 5,
    "tie_rule": "none",
    "started_at": "2026-11-17T19:12:00Z",
    "ends_at": "2026-11-17T19:13:00Z",
    "ends_in": 41.208,
    "ended_at": None,
    "home": {
        "player_id": "player_01J9ZK4W8Y6Q2V5T3R1N0M7XAB",
        "userId": "2001",
        "name": "Ada",
        "votes": 17,
        "award": 0,
    },
    "away": {
        "player_id": "player_01J9ZK4W8Y6Q2V5T3R1N0M7XAC",
        "userId": "2002",
        "name": "Bo",
        "votes": 12,
        "award": 0,
    },
    "no_award_because": "",
    "is_refunded": False,
}
CAST = {
    "vote_id": VOTE["id"],
    "player_id": "player_01J9ZK4W8Y6Q2V5T3R1N0M7XAB",
    "number": 1,
    "cost": 10,
    "at": "2026-11-17T19:12:14.310Z",
}
YOURS = VOTE | {"you": {"home": 1, "away": 0, "left": 2}}
NOT_STARTED = OpenApiResponse(
    Problem,
    "The match is not live (`match_not_live`) or has a vote (`vote_active`); or the tournament's "
    "settings do not allow it: `most_per_match`, `most_per_player`, `votes_per_player`, `last_day`,"
    " `bonus_off`, `no_table`.",
)
NOT_CAST = OpenApiResponse(
    Problem,
    "The vote is over (`vote_over`) or cancelled (`vote_cancelled`), you have cast all of yours "
    "(`no_votes_left`) or cannot pay (`not_enough_points`), the player is none of the match's "
    "(`not_in_this_match`), or the key was used for the other player (`key_reused`).",
)


# --- Views -------------------------------------------------------------------------------------


class StartView(APIView):
    permission_classes = [RunsVotes]

    @extend_schema(
        operation_id="vote_start",
        request=StartBody,
        responses={201: VoteEventShape, 400: BAD_BODY, 404: NOT_HERE, 409: NOT_STARTED},
        examples=[
            sent("A minute", {"points_award": 1, "cost_per_vote": 10, "duration": 60}),
            answer("It goes on", VOTE, 201),
            problem("match_not_live", "A vote starts while its match is live."),
        ],
    )
    def post(self, request: Request, match_id: str) -> Response:
        """Start a vote in a live match; it ends by itself, and awards or pays back."""
        body = StartBody.read(request)
        terms = Terms(**body | {"duration": timedelta(seconds=body["duration"])})
        with answered():
            event = votes.start(match_id, terms, by=request.user.get_username(), now=timezone.now())
        return Response(votes.document(event), 201)


class CancelView(APIView):
    permission_classes = [RunsVotes]

    @extend_schema(
        operation_id="vote_cancel",
        request=CancelBody,
        responses={
            200: VoteEventShape,
            400: BAD_BODY,
            404: NOT_HERE,
            409: OpenApiResponse(Problem, "The bracket is made of its award (`too_late`)."),
        },
        examples=[
            sent("Why", {"reason": "The wrong match"}),
            answer("Called off", VOTE | {"status": "CANCELLED", "is_refunded": True}),
        ],
    )
    def post(self, request: Request, vote_id: str) -> Response:
        """Call a vote off, or take its award back; what votes cost is paid back."""
        reason = CancelBody.read(request)["reason"]
        with answered():
            votes.cancel(vote_id, by=request.user.get_username(), now=timezone.now(), reason=reason)
            return Response(votes.document(votes.events().get(pk=vote_id)))


class VoteView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="vote",
        responses={200: VoteEventForYouShape, 400: BAD_QUERY, 404: NOT_HERE},
        examples=[answer("It goes on", YOURS)],
    )
    def get(self, request: Request, vote_id: str) -> Response:
        """A vote, with its bars and how long it goes on."""
        NoQuery.read(request)
        with answered():
            event = votes.events().get(pk=vote_id)
        viewer = looker(request)
        you: dict[str, int] | None = votes.own(event, viewer) if viewer else None
        return Response(votes.document(event) | {"you": you})


class CastView(APIView):
    permission_classes = [MayAct]

    @extend_schema(
        operation_id="vote_cast",
        request=CastBody,
        responses={
            200: CastShape,
            400: BAD_BODY,
            401: NOT_SIGNED_IN,
            403: NOT_YOU,
            404: NOT_HERE,
            409: NOT_CAST,
        },
        examples=[
            sent("A press", {"participant": "2001", "key": "7f6f0a0e-4f0c-4a83-9b2d-2d1c6c0a5e11"}),
            answer("Cast", CAST),
            problem("vote_over", "This vote ended at 19:13:00 UTC."),
            problem("not_enough_points", "That takes 10 points, and 4 are there."),
        ],
    )
    def post(self, request: Request, vote_id: str) -> Response:
        """Vote for a player, and pay for it; the same key again is the same vote."""
        body = CastBody.read(request)
        with answered():
            vote = votes.cast(vote_id, viewer_of(request), body["participant"], body["key"])
        return Response(
            {
                "vote_id": vote.event_id,
                "player_id": vote.participant_id,
                "number": vote.number,
                "cost": vote.cost,
                "at": vote.at,
            }
        )
