"""Running matches and entering their results, for those who may."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import MayAct, person
from rest.problems import Problem
from rest.queries import NoQuery
from tournaments.api.refusals import BAD_BODY, NOT_HERE, NOT_NOW, answered
from tournaments.api.results import answers, shapes
from tournaments.api.results.answers import (
    MATCH_ANSWER,
    PREVIEW_ANSWER,
    UNSEEN,
    UNSEEN_ANSWER,
    EntersResults,
    sent,
)
from tournaments.models import Match, Tournament
from tournaments.services import corrections, desk, matches, reports, results
from tournaments.services.corrections import Unseen
from tournaments.services.matches import Day
from tournaments.services.reports import Told

PLAYED = {"home_goals": 2, "away_goals": 1}
PENALTIES = {
    "home_goals": 1,
    "away_goals": 1,
    "has_extra_time": True,
    "home_penalties": 4,
    "away_penalties": 3,
}
FORFEIT = {"outcome": "forfeit", "forfeited_by": "away", "ground": "no_show"}
MATCH_OR_NOT = {
    200: shapes.DeskMatchShape,
    400: BAD_BODY,
    403: Problem,
    404: NOT_HERE,
    409: NOT_NOW,
}


# --- Looking -----------------------------------------------------------------------------------


class DeskView(APIView):
    permission_classes = [EntersResults]

    @extend_schema(
        operation_id="admin_matches",
        parameters=[shapes.MatchesQuery],
        responses={200: shapes.DeskMatchShape(many=True), 400: Problem, 403: Problem},
        examples=[MATCH_ANSWER],
    )
    def get(self, request: Request) -> Response:
        """The matches of tournaments that are on, or of one; all, or what needs a person."""
        query = shapes.MatchesQuery.read(request)
        found = Match.objects.counting()
        if "tournament" in query:
            found = found.filter(tournament=query["tournament"])
        else:
            on = (Tournament.Status.LEAGUE_PHASE, Tournament.Status.KNOCKOUTS)
            found = found.filter(tournament__status__in=on)
        if "status" in query:
            found = found.filter(status=query["status"])
        if "phase" in query:
            found = found.filter(phase=query["phase"])
        needs, day = query.get("needs"), query.get("day")
        list_ = desk.waiting if needs else desk.cases
        cases = [
            case
            for case in list_(found, timezone.now())
            if needs in (None, "anything", case.needs) and day in (None, Day.of(case.match).number)
        ]
        return Response([answers.match_body(case) for case in cases])


# --- Before the result -------------------------------------------------------------------------


class RunningView(APIView):
    permission_classes = [EntersResults]


class LiveView(RunningView):
    @extend_schema(
        operation_id="match_go_live", request=None, responses=MATCH_OR_NOT, examples=[MATCH_ANSWER]
    )
    def post(self, request: Request, match_id: str) -> Response:
        """Begin a match; its predictions are locked by that."""
        NoQuery.read(request)
        with answered():
            matches.go_live(match_id, by=answers.name_of(request), now=timezone.now())
        return answers.match_answer(match_id)


class CallBackView(RunningView):
    @extend_schema(
        operation_id="match_call_back",
        request=None,
        responses=MATCH_OR_NOT,
        examples=[MATCH_ANSWER],
    )
    def post(self, request: Request, match_id: str) -> Response:
        """Let a match that went live by mistake be scheduled, and predicted, again."""
        NoQuery.read(request)
        with answered():
            matches.call_back(match_id, by=answers.name_of(request), now=timezone.now())
        return answers.match_answer(match_id)


class ScoreView(RunningView):
    @extend_schema(
        operation_id="match_score",
        request=shapes.LiveScoreShape,
        responses=MATCH_OR_NOT,
        examples=[MATCH_ANSWER, sent("A goal", PLAYED)],
    )
    def post(self, request: Request, match_id: str) -> Response:
        """Show the score so far of a live match; it is no result."""
        goals = shapes.LiveScoreShape.read(request)
        with answered():
            matches.score(match_id, goals["home_goals"], goals["away_goals"])
        return answers.match_answer(match_id)


class ScheduleView(RunningView):
    @extend_schema(
        operation_id="match_schedule",
        request=shapes.WhenShape,
        responses=MATCH_OR_NOT,
        examples=[MATCH_ANSWER, sent("A time", {"scheduled_at": "2026-11-17T19:00:00Z"})],
    )
    def post(self, request: Request, match_id: str) -> Response:
        """Say when a match is played."""
        at = shapes.WhenShape.read(request)["scheduled_at"]
        with answered():
            matches.schedule(match_id, at, by=answers.name_of(request), now=timezone.now())
        return answers.match_answer(match_id)


class DayScheduleView(RunningView):
    @extend_schema(
        operation_id="tournament_schedule_day",
        request=shapes.DayScheduleShape,
        responses={
            200: shapes.DeskMatchShape(many=True),
            400: BAD_BODY,
            403: Problem,
            404: NOT_HERE,
            409: NOT_NOW,
        },
        examples=[
            MATCH_ANSWER,
            sent(
                "A match day",
                {"day": 3, "starts_at": "2026-11-17T19:00:00Z", "minutes_apart": 20},
            ),
        ],
    )
    def post(self, request: Request, tournament_id: str) -> Response:
        """Say when the matches of a day are played; those that have begun keep their time."""
        body = shapes.DayScheduleShape.read(request)
        now = timezone.now()
        with answered():
            moved = matches.schedule_day(
                tournament_id,
                Day(body["phase"], body["day"]),
                body["starts_at"],
                timedelta(minutes=body["minutes_apart"]),
                by=answers.name_of(request),
                now=now,
            )
        rows = Match.objects.filter(pk__in=[match.pk for match in moved])
        return Response([answers.match_body(case) for case in desk.cases(rows, now)])


# --- The result --------------------------------------------------------------------------------


class EnteringView(APIView):
    """Enters a result; one that is there already is only corrected as it was previewed."""

    permission_classes = [EntersResults]

    def enter(
        self, request: Request, match_id: str, shape: shapes.ResultEntryShape | shapes.TakeBackShape
    ) -> Response:
        token = shape.validated_data["preview_token"]
        by, now = answers.by(request), timezone.now()
        try:
            with answered():
                corrections.enter(match_id, shape.entered(), token, by=by, now=now)
        except Unseen as refused:
            return answers.unseen(refused)
        return answers.match_answer(match_id)


class ResolveView(EnteringView):
    @extend_schema(
        operation_id="match_resolve",
        request=shapes.ResultEntryShape,
        responses={**MATCH_OR_NOT, 409: UNSEEN},
        examples=[
            MATCH_ANSWER,
            UNSEEN_ANSWER,
            sent("Played", PLAYED),
            sent("On penalties", PENALTIES),
            sent("A no-show", FORFEIT),
        ],
    )
    def post(self, request: Request, match_id: str) -> Response:
        """Enter a match's result. Another result than the one it has needs a preview's token."""
        return self.enter(request, match_id, shapes.ResultEntryShape.checked(request))


class TakeBackView(EnteringView):
    @extend_schema(
        operation_id="match_take_back",
        request=shapes.TakeBackShape,
        responses={**MATCH_OR_NOT, 409: UNSEEN},
        examples=[MATCH_ANSWER, UNSEEN_ANSWER, sent("Why", {"reason": "It is played again"})],
    )
    def post(self, request: Request, match_id: str) -> Response:
        """Take a result back, with all that followed from it: it is played or entered again."""
        return self.enter(request, match_id, shapes.TakeBackShape.checked(request))


class PreviewView(APIView):
    permission_classes = [EntersResults]

    @extend_schema(
        operation_id="match_preview",
        request=shapes.ResultEntryShape,
        responses={200: shapes.PreviewShape, 400: BAD_BODY, 404: NOT_HERE, 409: NOT_NOW},
        examples=[PREVIEW_ANSWER, sent("Played", PLAYED)],
    )
    def post(self, request: Request, match_id: str) -> Response:
        """What this result would change: table, bracket, matches, predictions, points."""
        entered = shapes.ResultEntryShape.checked(request).entered()
        by, now = answers.by(request), timezone.now()
        with answered():
            found = corrections.preview(
                Match.objects.get(pk=match_id).tournament_id,
                lambda: results.resolve(match_id, entered, by=by, now=now),
            )
        return Response(answers.preview_body(found))


# --- The players' own word ---------------------------------------------------------------------


class ReportView(APIView):
    permission_classes = [MayAct]

    @extend_schema(
        operation_id="match_report",
        request=shapes.PlayerReportShape,
        responses={**MATCH_OR_NOT, 401: Problem},
        examples=[MATCH_ANSWER, sent("What you saw", PLAYED)],
    )
    def post(self, request: Request, match_id: str) -> Response:
        """Report your own match. When both players report the same, that is the result."""
        body = shapes.PlayerReportShape.checked(request)
        told = Told(body.score(), body.validated_data["proof_url"])
        viewer = person(request).viewer
        assert viewer is not None  # noqa: S101 (the permission looked)
        with answered():
            reports.report(match_id, viewer, told, now=timezone.now())
        return answers.match_answer(match_id)
