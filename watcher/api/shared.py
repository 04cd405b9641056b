"""What the watcher's endpoints share: who may call, what is theirs, and how they say no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, PermissionDenied, ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.permissions import IsSignedIn, person
from rest.problems import NotNow, Problem
from sagas.flow import Refused
from watcher.models import Delivery, Target, Watch

Row = TypeVar("Row", Target, Watch, Delivery)

# What is wrong with what was sent, by the code; the field that it is about.
WRONG = {
    "not_a_webhook": "url",
    "webhook_gone": "url",
    "webhook_refused": "url",
    "not_incoming": "url",
    "no_name": "name",
    "not_a_streamer": "watched",
    "no_streamer": "watched",
    "no_game": "watched",
    "unknown_language": "languages",
    "too_many_words": "title_includes",
    "unknown_placeholder": "template",
    "no_role": "role_id",
    "not_a_role": "role_id",
}
AWAY = ("discord_away", "discord_busy", "twitch_away")
TOO_OFTEN = ("too_many_asks", "too_soon")

BAD_BODY = OpenApiResponse(
    Problem,
    "A field is unknown (`unknown_field`), missing or senseless; the code says what is wrong.",
)
NOT_SIGNED_IN = OpenApiResponse(Problem, "Nobody is signed in (`not_signed_in`).")
NOT_YOU = OpenApiResponse(
    Problem, "You are banned (`banned`), or a program, which is nobody (`no_viewer`)."
)
NOT_YOURS = OpenApiResponse(Problem, "You have no such thing (`not_found`).")
NOT_NOW = OpenApiResponse(Problem, "It is not in a state for that; the code says why.")
OFTEN = OpenApiResponse(Problem, "That was often (`too_many_asks`, `too_soon`): wait a little.")
NOT_THERE = OpenApiResponse(
    Problem,
    "Discord or Twitch does not answer (`discord_away`, `discord_busy`, `twitch_away`): try again.",
)
REFUSALS = {401: NOT_SIGNED_IN, 403: NOT_YOU}


class Often(APIException):
    status_code = status.HTTP_429_TOO_MANY_REQUESTS


class NotThere(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE


class MayWatch(IsSignedIn):
    """Anybody who is signed in, for what is theirs; who is banned may only look (403 `banned`)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        super().has_permission(request, view)
        if request.method not in SAFE_METHODS and person(request).is_banned:
            raise PermissionDenied("You may look, but not change anything.", "banned")
        return True


def targets_of(request: Request) -> QuerySet[Target]:
    return Target.objects.filter(owner=person(request))


def watches_of(request: Request) -> QuerySet[Watch]:
    return Watch.objects.filter(target__owner=person(request)).select_related("target")


def deliveries_of(request: Request) -> QuerySet[Delivery]:
    mine = Delivery.objects.filter(target__owner=person(request))
    return mine.select_related("target", "watch", "stream").prefetch_related("attempts")


def one(rows: QuerySet[Row], id: str) -> Row:
    """Return one's own row; somebody else's is as little there as none."""
    if (row := rows.filter(pk=id).first()) is None:
        raise NotFound("You have no such thing.")
    return row


@contextmanager
def answered() -> Iterator[None]:
    """Turn what the services refuse within into answers."""
    try:
        yield
    except Refused as refused:
        raise _answer(refused) from refused


def _answer(refused: Refused) -> APIException:
    code, sentence = refused.code, refused.sentence
    if code in WRONG:
        return ValidationError({getattr(refused, "field", "") or WRONG[code]: sentence}, code)
    if code in TOO_OFTEN:
        return Often(sentence, code)
    return NotThere(sentence, code) if code in AWAY else NotNow(sentence, code)
