"""What the endpoints of votes and predictions share: presses, and who makes them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.permissions import person
from rest.bodies import Body
from rest.problems import Problem
from twitch.models import Viewer

LONGEST_KEY = 60

NOT_YOU = OpenApiResponse(
    Problem,
    "Who is signed in is no viewer (`no_viewer`) or banned (`banned`), plays in the match "
    "(`plays_in_it`), or enters results or runs votes (`runs_it`).",
)


class PressBody(Body):
    """What a press of a button sends: its key makes sending it again harmless."""

    key = serializers.RegexField(
        rf"^[\x21-\x7e]{{1,{LONGEST_KEY}}}$",
        help_text="Made by the client for each press, as a UUID: the same key counts once.",
    )


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
