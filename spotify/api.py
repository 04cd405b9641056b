"""How we stand with Spotify, for operators' programs."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rest.problems import Problem
from rest.queries import NoQuery
from spotify.services import budget


class ReasonSerializer(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField()
    detail = serializers.CharField()


class SpotifySerializer(serializers.Serializer[dict[str, Any]]):
    """The budget of Web API calls, and what keeps us from calling."""

    is_connected = serializers.BooleanField()
    used = serializers.IntegerField(help_text="Calls of the last 24 hours.")
    budget = serializers.IntegerField(help_text="How many calls 24 hours may have.")
    reserve = serializers.IntegerField(help_text="Of these, how many only song requests may use.")
    may_read = serializers.BooleanField(help_text="Whether the player may be read now.")
    breaker = ReasonSerializer(
        allow_null=True, help_text="Why Spotify lets no call through; null when it does."
    )
    breaker_open_until = serializers.DateTimeField(allow_null=True)
    closed = ReasonSerializer(
        allow_null=True,
        help_text=(
            "Why song requests cannot be served now; null when they can. Codes: reconnect_needed,"
            " rate_limited, quota_exhausted, budget_spent, no_active_device, restricted_device,"
            " premium_required, wrong_account."
        ),
    )


class SpotifyView(APIView):
    @extend_schema(operation_id="spotify", responses={200: SpotifySerializer, 400: Problem})
    def get(self, request: Request) -> Response:
        """The budget of Spotify calls, the breaker, and whether songs can be requested."""
        NoQuery.read(request)
        now = timezone.now()
        state = budget.state(now)
        shown: dict[str, Any] = {
            "is_connected": state.connected,
            "used": state.used,
            "budget": state.budget,
            "reserve": state.reserve,
            "may_read": budget.may_read(now),
            "breaker": _reason((state.code, state.reason) if state.open_until else None),
            "breaker_open_until": state.open_until,
            "closed": _reason(budget.closed(now)),
        }
        return Response(SpotifySerializer(shown).data)


def _reason(found: tuple[str, str] | None) -> dict[str, str] | None:
    return {"code": found[0], "detail": found[1]} if found else None
