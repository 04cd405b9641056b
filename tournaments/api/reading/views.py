"""The documents of a tournament, each with the version that it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rest.problems import Problem
from rest.queries import NoQuery
from tournaments.api.reading import examples, shapes
from tournaments.models import Match, Tournament
from tournaments.services import reading

View = TypeVar("View", bound=Callable[..., HttpResponse])
Document = Callable[[reading.Look], dict[str, Any]]

NONE_HERE = OpenApiResponse(Problem, "There is no such thing here (`not_found`).")
UNCHANGED = OpenApiResponse(description="As the version in `If-None-Match`.")
BAD_QUERY = OpenApiResponse(Problem, "There are no query keys (`unknown_key`).")
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    location=OpenApiParameter.HEADER,
    description="The `ETag` of an earlier answer: 304 if nothing changed since.",
)


def documented(operation: str, shape: type[shapes.Shape], example: Any) -> Callable[[View], View]:
    """Describe the GET of a document."""
    described: Callable[[View], View] = extend_schema(
        operation_id=operation,
        parameters=[IF_NONE_MATCH],
        responses={200: shape, 304: UNCHANGED, 400: BAD_QUERY, 404: NONE_HERE},
        examples=[
            OpenApiExample("As it may be", example, response_only=True, status_codes=["200"])
        ],
    )
    return described


def answer(request: Request, etag: str, document: Callable[[], dict[str, Any]]) -> Response:
    """Answer the document, or 304 if the client has this version of it."""
    known = [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if etag in known or f"W/{etag}" in known or "*" in known:
        return Response(status=304, headers=headers)
    return Response(document(), headers=headers)


class DocumentView(APIView):
    """A document of one tournament; drafts are not there for anybody."""

    permission_classes = [AllowAny]

    def look(self, request: Request, tournament_id: str) -> reading.Look:
        NoQuery.read(request)
        try:
            return reading.Look(reading.shown(tournament_id))
        except Tournament.DoesNotExist:
            raise NotFound("There is no such tournament.") from None

    def document(self, request: Request, tournament_id: str, made: Document) -> Response:
        look = self.look(request, tournament_id)
        return answer(request, look.etag, lambda: made(look))


class ParticipantsView(DocumentView):
    @documented("tournament_participants", shapes.ParticipantsShape, examples.PARTICIPANTS)
    def get(self, request: Request, tournament_id: str) -> Response:
        """The players by pots, with their opponents once these are drawn."""
        return self.document(
            request, tournament_id, lambda look: {"pots": reading.participants(look)}
        )


class MatchesView(DocumentView):
    @documented("tournament_matches", shapes.MatchesShape, examples.MATCHES)
    def get(self, request: Request, tournament_id: str) -> Response:
        """The match days of the league phase, the matches of the knock-outs, and what is next."""
        return self.document(
            request,
            tournament_id,
            lambda look: {
                "matchdays": reading.matchdays(look),
                "knockouts": reading.knockout_matches(look),
                "next": reading.next_day(look),
            },
        )


class StandingsView(DocumentView):
    @documented("tournament_standings", shapes.TableShape, examples.TABLE)
    def get(self, request: Request, tournament_id: str) -> Response:
        """The table, with what puts each line above the next."""
        return self.document(request, tournament_id, reading.table)


class KnockoutView(DocumentView):
    @documented("tournament_knockout", shapes.BracketShape, examples.BRACKET)
    def get(self, request: Request, tournament_id: str) -> Response:
        """The bracket: every place of it, also those of which nobody knows who will be there."""
        return self.document(request, tournament_id, lambda look: {"rounds": reading.bracket(look)})


class LiveView(DocumentView):
    @documented("tournament_live", shapes.LiveShape, examples.LIVE)
    def get(self, request: Request, tournament_id: str) -> Response:
        """The matches that are on now."""
        return self.document(
            request, tournament_id, lambda look: {"matches": reading.live_matches(look)}
        )


class MatchView(APIView):
    permission_classes = [AllowAny]

    @documented("match", shapes.MatchDocumentShape, examples.MATCH_DOCUMENT)
    def get(self, request: Request, match_id: str) -> Response:
        """One match: its score, tie, votes, pools, and every result that was entered."""
        NoQuery.read(request)
        try:
            match, look = reading.shown_match(match_id)
        except Match.DoesNotExist:
            raise NotFound("There is no such match.") from None
        # Predictions change it, and neither number: so it is always made.
        return Response(reading.match_document(match, look), headers={"Cache-Control": "no-cache"})
