"""What the endpoints of matches answer, and how they say no."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.permissions import Rights
from tournaments.api.results import shapes
from tournaments.models import Match, Participant, Report
from tournaments.services import desk, results
from tournaments.services.corrections import Preview, Unseen
from tournaments.services.matches import Day
from tournaments.services.results import By

EntersResults = Rights("tournaments.enter_results")

UNSEEN = OpenApiResponse(
    shapes.UnseenShape,
    "Something would be corrected that was not previewed (`preview_needed`), or not as it is now "
    "(`preview_stale`): nothing was changed, and `changes` is what would be. Other codes come "
    "without a preview and say why it cannot be.",
)

_ADA = {"id": "player_01J9ZK4W8Y6Q2V5T3R1N0M7XAB", "userId": "2001", "name": "Ada"}
_BO = {"id": "player_01J9ZK4W8Y6Q2V5T3R1N0M7XAC", "userId": "2002", "name": "Bo"}
_MATCH = "match_01J9ZM2K7B3C4D5E6F7G8H9JKM"
MATCH_EXAMPLE = {
    "id": _MATCH,
    "tournament_id": "tour_01J9ZH0A1B2C3D4E5F6G7H8J9K",
    "phase": "LEAGUE",
    "day": 3,
    "home": _ADA,
    "away": _BO,
    "scheduled_at": "2026-11-17T19:00:00Z",
    "status": "COMPLETED",
    "live_at": "2026-11-17T19:02:11Z",
    "outcome": "played",
    "home_goals": 2,
    "away_goals": 1,
    "has_extra_time": False,
    "home_penalties": None,
    "away_penalties": None,
    "forfeited_by": None,
    "ground": "",
    "is_set_aside": False,
    "can_have_extra_time": False,
    "needs": "",
    "reports": [],
}
PREVIEW_EXAMPLE = {
    "preview_token": "5f2b8c1de0a94c7d8f3a6b5c4d3e2f10",
    "changes": {
        "status": None,
        "results": [
            {
                "id": _MATCH,
                "title": "Ada and Bo (match day 3)",
                "from": {"result": "2-1"},
                "to": {"result": "2-2"},
            }
        ],
        "table": [
            {
                "id": _ADA["id"],
                "title": "Ada",
                "from": {"rank": 8, "zone": "direct", "total": 13, "goal_difference": 4},
                "to": {"rank": 11, "zone": "playoff", "total": 11, "goal_difference": 3},
            }
        ],
        "ties": [],
        "players": [],
        "votes": [],
        "made": [],
        "set_aside": [],
        "revived": [],
        "points": [{"id": "2077", "title": "Cleo", "change": -120, "owes": 20}],
    },
}
MATCH_ANSWER = OpenApiExample("A match", MATCH_EXAMPLE, response_only=True, status_codes=["200"])
PREVIEW_ANSWER = OpenApiExample(
    "A preview", PREVIEW_EXAMPLE, response_only=True, status_codes=["200"]
)
UNSEEN_ANSWER = OpenApiExample(
    "Look first",
    {
        "code": "preview_needed",
        "detail": "Look at what this changes, and confirm it.",
        **PREVIEW_EXAMPLE,
    },
    response_only=True,
    status_codes=["409"],
)


def sent(name: str, body: dict[str, Any]) -> OpenApiExample:
    """Return an example of a body."""
    return OpenApiExample(name, body, request_only=True)


def name_of(request: Request) -> str:
    """Return who is to stand in the diary."""
    return request.user.get_username()


def by(request: Request) -> By:
    """Return who enters a result: a program with the key has no viewer."""
    user = request.user
    return By(name_of(request), user.viewer_id if isinstance(user, User) else None)


def preview_body(preview: Preview) -> dict[str, Any]:
    """Return what the API says of a preview."""
    return {"preview_token": preview.token, "changes": preview.changes}


def unseen(refused: Unseen) -> Response:
    """Answer that a correction has to be looked at first, with what it would change."""
    problem = {"code": refused.code, "detail": refused.sentence}
    return Response(problem | preview_body(refused.preview), status.HTTP_409_CONFLICT)


def match_answer(match_id: str) -> Response:
    """Answer a match as it is now."""
    (case,) = desk.cases(Match.objects.filter(pk=match_id), timezone.now())
    return Response(match_body(case))


def match_body(case: desk.Case) -> dict[str, Any]:
    """Return what those who run a match see of it."""
    match = case.match
    day = Day.of(match)
    return {
        "id": match.pk,
        "tournament_id": match.tournament_id,
        "phase": match.phase,
        "day": day.number,
        "home": _player(match.home),
        "away": _player(match.away),
        "scheduled_at": match.scheduled_at,
        "status": match.status,
        "live_at": match.live_at,
        "outcome": match.outcome,
        "home_goals": match.home_goals,
        "away_goals": match.away_goals,
        "has_extra_time": match.has_extra_time,
        "home_penalties": match.home_penalties,
        "away_penalties": match.away_penalties,
        "forfeited_by": _guilty(match),
        "ground": match.ground,
        "is_set_aside": match.is_set_aside,
        "can_have_extra_time": case.stage.first_leg is not None,
        "needs": case.needs,
        "reports": [_report(each) for each in case.said],
    }


def _player(player: Participant) -> dict[str, str]:
    return {"id": player.pk, "userId": player.viewer_id, "name": str(player)}


def _report(report: Report) -> dict[str, Any]:
    return {
        "player": _player(report.participant),
        "score": str(results.score_of(report)),
        "proof_url": report.proof_url,
        "at": report.at,
    }


def _guilty(match: Match) -> str | None:
    if match.is_home_guilty and match.is_away_guilty:
        return shapes.BOTH
    if match.is_home_guilty:
        return shapes.HOME
    return shapes.AWAY if match.is_away_guilty else None
