"""The sockets of tournaments."""

from __future__ import annotations

from django.urls import path, re_path

from tournaments.consumers.match import MatchConsumer
from tournaments.consumers.tournament import TournamentConsumer, TournamentsConsumer

ULID = "[0-9A-Z]{26}"
MATCH = rf"^ws/match/(?P<match_id>match_{ULID})$"
TOURNAMENT = rf"^ws/tournament/(?P<tournament_id>tour_{ULID})$"

# The stubs of path() know views only; Channels routes ASGI applications with it.
websocket_urlpatterns = [
    re_path(MATCH, MatchConsumer.as_asgi()),  # type: ignore[arg-type]
    path("ws/tournaments", TournamentsConsumer.as_asgi()),  # type: ignore[arg-type]
    re_path(TOURNAMENT, TournamentConsumer.as_asgi()),  # type: ignore[arg-type]
]
