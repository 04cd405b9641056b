"""What the endpoints of votes and predictions share: strict bodies, and how they say no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request

from accounts.permissions import person
from rest.problems import Problem
from sagas.flow import Refused
from tournaments.models import Match, Tournament, VoteEvent
from tournaments.services.impartiality import Banned, Partial
from twitch.models import Viewer

LONGEST_KEY = 60

BAD_BODY = OpenApiResponse(Problem, "A field is unknown (`unknown_field`), missing or senseless.")
NOT_HERE = OpenApiResponse(Problem, "There is no such thing here (`not_found`).")
NOT_SIGNED_IN = OpenApiResponse(Problem, "Nobody is signed in (`not_signed_in`).")
NOT_YOU = OpenApiResponse(
    Problem,
    "Who is signed in is no viewer (`no_viewer`) or banned (`banned`), plays in the match "
    "(`plays_in_it`), or enters results or runs votes (`runs_it`).",
)


class NotNow(APIException):
    status_code = status.HTTP_409_CONFLICT


class Body(serializers.Serializer[dict[str, Any]]):
    """A body in which nothing is ignored."""

    @classmethod
    def read(cls, request: Request) -> dict[str, Any]:
        """Return the checked values; raises ValidationError with the code of what is wrong."""
        body = cls(data=request.data)
        if isinstance(request.data, dict):
            for name in request.data:
                if name not in body.fields:
                    raise ValidationError({name: "This cannot be set."}, "unknown_field")
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


class PressBody(Body):
    """What a press of a button sends: its key makes sending it again harmless."""

    key = serializers.RegexField(
        rf"^[\x21-\x7e]{{1,{LONGEST_KEY}}}$",
        help_text="Made by the client for each press, as a UUID: the same key counts once.",
    )


@contextmanager
def answered() -> Iterator[None]:
    """Turn what the services raise within into answers."""
    try:
        yield
    except (Match.DoesNotExist, Tournament.DoesNotExist, VoteEvent.DoesNotExist):
        raise NotFound("There is no such thing here.") from None
    except (Partial, Banned) as refused:
        raise PermissionDenied(refused.sentence, refused.code) from refused
    except Refused as refused:
        raise NotNow(refused.sentence, refused.code) from refused


def viewer_of(request: Request) -> Viewer:
    """Return who acts, behind IsViewer."""
    viewer = person(request).viewer
    assert viewer  # noqa: S101 (the permission looked)
    return viewer


def looker(request: Request) -> Viewer | None:
    """Return the viewer who looks, None for everybody else."""
    found: Viewer | None = getattr(request.user, "viewer", None)
    return found


def sent(name: str, body: dict[str, Any]) -> OpenApiExample:
    """Return an example of a body."""
    return OpenApiExample(name, body, request_only=True)


def answer(name: str, body: Any, code: int = 200) -> OpenApiExample:
    """Return an example of an answer."""
    return OpenApiExample(name, body, response_only=True, status_codes=[str(code)])


def problem(code: str, detail: str, status_code: int = 409) -> OpenApiExample:
    """Return an example of a refusal."""
    return answer(code, {"code": code, "detail": detail}, status_code)
